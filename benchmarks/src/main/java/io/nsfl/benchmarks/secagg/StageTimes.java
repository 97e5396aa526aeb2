package io.nsfl.benchmarks.secagg;

import io.nsfl.federation.secagg.Stage;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/** CPU time by stage: of a thread, so that other work on the machine does not count. */
public final class StageTimes {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final double NANOS_PER_MILLISECOND = 1e6;

    private final Map<Stage, double[]> milliseconds = new EnumMap<>(Stage.class);
    private final int slots;

    /** @param slots how many are measured side by side: one for the server, one for each client */
    StageTimes(int slots) {
        this.slots = slots;
    }

    /** CPU time of this thread until now, in nanoseconds. */
    static long now() {
        return THREADS.getCurrentThreadCpuTime();
    }

    void add(Stage stage, int slot, long since) {
        addMilliseconds(stage, slot, (now() - since) / NANOS_PER_MILLISECOND);
    }

    synchronized void addMilliseconds(Stage stage, int slot, double time) {
        milliseconds.computeIfAbsent(stage, any -> new double[slots])[slot] += time;
    }

    /** The median of those that did anything in the stage. */
    public double median(Stage stage) {
        double[] times = Arrays.stream(milliseconds.getOrDefault(stage, new double[0]))
                .filter(time -> time > 0)
                .sorted()
                .toArray();
        return times.length == 0 ? 0 : times[times.length / 2];
    }

    /** Sum of the stages' medians. */
    public double total() {
        return milliseconds.keySet().stream().mapToDouble(this::median).sum();
    }
}
