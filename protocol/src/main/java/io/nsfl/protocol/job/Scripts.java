package io.nsfl.protocol.job;

/**
 * Scripts that the server sends to the clients.
 *
 * @param path directory below the namespace
 * @param configFile name of the task config in it
 */
public record Scripts(String path, String configFile) {}
