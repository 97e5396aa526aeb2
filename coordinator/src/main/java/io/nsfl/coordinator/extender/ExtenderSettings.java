package io.nsfl.coordinator.extender;

import java.time.Duration;

/**
 * What the processes of extenders may take.
 *
 * @param python command of the interpreter
 * @param timeout of one process: a broadcast, or everything at the end of a round
 * @param memoryMb of data that one process may have
 */
public record ExtenderSettings(String python, Duration timeout, long memoryMb) {
    public static final ExtenderSettings DEFAULTS = new ExtenderSettings("python3", Duration.ofMinutes(5), 4096);
}
