package io.nsfl.federation.update;

/**
 * A metric that an algorithm cannot do without.
 *
 * @param name as scripts report it
 * @param least smallest value that makes sense; there is no largest but that it is finite
 * @param meaning what it is, for the sentence that says it is missing
 */
public record MetricRule(String name, double least, String meaning) {}
