package io.nsfl.benchmarks.measure;

import java.util.Locale;

/**
 * A measurement in one line.
 *
 * @param roundSeconds median of the counted rounds
 * @param cpuSecondsPerRound of the coordinator
 * @param anonymousMib the coordinator's peak of anonymous memory
 */
public record RoundsResult(
        double roundSeconds, double cpuSecondsPerRound, double anonymousMib, int clients, long parameters) {
    /** The line for scripts. */
    public String line() {
        return String.format(
                Locale.ROOT,
                "result round_s=%.3f cpu_s_per_round=%.3f coordinator_anon_mb=%.1f clients=%d params=%d",
                roundSeconds,
                cpuSecondsPerRound,
                anonymousMib,
                clients,
                parameters);
    }
}
