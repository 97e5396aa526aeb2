package io.nsfl.benchmarks.measure;

import io.nsfl.protocol.job.RoundMetrics;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Rounds side by side: seconds and milliseconds per phase. The first round warms everything up and does not count. */
public final class RoundTable {
    private static final List<String> ORDER =
            List.of("selecting", "opening", "collecting", "aggregating", "committing");

    private final List<RoundMetrics> rounds;

    /** @param rounds all of a job, in order */
    public RoundTable(List<RoundMetrics> rounds) {
        this.rounds = List.copyOf(rounds);
    }

    /** Median of the counted rounds, in seconds. */
    public double medianSeconds() {
        return median(RoundMetrics::seconds);
    }

    /** Whether so many rounds were committed after the first, each with all clients, the first one included. */
    public boolean complete(int counted, int clients) {
        return rounds.size() == counted + 1
                && rounds.stream()
                        .allMatch(round -> round.state().equals(RoundMetrics.COMMITTED)
                                && round.included() == clients
                                && round.failed() == 0);
    }

    /** One line per round, and the medians. */
    public void print(PrintStream out) {
        List<String> phases = phases();
        out.printf("%8s %9s %10s", "round", "clients", "seconds");
        phases.forEach(phase -> out.printf(" %12s", phase));
        out.println("   (phases in ms)");
        for (RoundMetrics round : rounds) {
            String name = round == rounds.getFirst() ? "warm-up" : String.valueOf(round.round());
            out.printf(Locale.ROOT, "%8s %9d %10.3f", name, round.included(), round.seconds());
            phases.forEach(phase -> out.printf(" %12d", round.phaseMillis().getOrDefault(phase, 0L)));
            out.println();
        }
        out.printf(Locale.ROOT, "%8s %9s %10.3f", "median", "", medianSeconds());
        phases.forEach(phase -> out.printf(
                Locale.ROOT, " %12.0f", median(round -> round.phaseMillis().getOrDefault(phase, 0L))));
        out.println();
    }

    private List<String> phases() {
        Map<String, Boolean> seen = new LinkedHashMap<>();
        ORDER.forEach(phase -> seen.put(phase, true));
        rounds.forEach(round ->
                round.phaseMillis().keySet().stream().sorted().forEach(phase -> seen.putIfAbsent(phase, true)));
        return List.copyOf(seen.keySet());
    }

    private double median(ToDoubleFunction<RoundMetrics> value) {
        double[] sorted = rounds.stream().skip(1).mapToDouble(value).sorted().toArray();
        return switch (sorted.length) {
            case 0 -> Double.NaN;
            default ->
                Arrays.stream(sorted, (sorted.length - 1) / 2, sorted.length / 2 + 1)
                        .average()
                        .orElseThrow();
        };
    }
}
