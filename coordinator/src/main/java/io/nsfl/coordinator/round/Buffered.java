package io.nsfl.coordinator.round;

/**
 * An update in the buffer.
 *
 * @param work which work it is the result of: tells on which model it was made
 */
public record Buffered(WorkId work, String client, Counted counted) {}
