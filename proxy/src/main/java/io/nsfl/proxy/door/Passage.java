package io.nsfl.proxy.door;

/**
 * Where a stream goes.
 *
 * @param service that it is for, such as {@code nsfl.v1.TaskService}
 * @param upstream address and port, resolved
 * @param name that the upstream's certificate has to bear
 * @param job that it is for; empty = none
 */
public record Passage(String service, String upstream, String name, String job) {}
