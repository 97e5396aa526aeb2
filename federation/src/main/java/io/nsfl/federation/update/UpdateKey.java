package io.nsfl.federation.update;

/** The work that an update is the result of; counts at most once. */
public record UpdateKey(int round, int attempt, String client) {}
