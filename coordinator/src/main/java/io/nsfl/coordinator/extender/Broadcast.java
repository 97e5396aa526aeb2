package io.nsfl.coordinator.extender;

import java.nio.file.Path;
import java.util.SortedMap;

/**
 * What an extender gives the clients of a round.
 *
 * @param params JSON object: {@code prepared_param.json}
 * @param files by their names below {@code prepared/}
 */
public record Broadcast(String params, SortedMap<String, Path> files) {}
