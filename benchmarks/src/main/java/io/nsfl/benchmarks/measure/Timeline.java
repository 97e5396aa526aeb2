package io.nsfl.benchmarks.measure;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A process's memory and CPU time over time. Filled by one thread, read when it is complete. */
public final class Timeline {
    /** @param cpuSeconds since the process began */
    record Sample(Instant time, MemoryStatus memory, double cpuSeconds) {}

    private final List<Sample> samples = new ArrayList<>();

    synchronized void add(Sample sample) {
        samples.add(sample);
    }

    /** CPU seconds between two moments; between two samples it is taken to grow evenly. */
    public synchronized double cpuSeconds(Instant from, Instant to) {
        return cpuAt(to) - cpuAt(from);
    }

    /** The most anonymous memory from a moment on, in MiB. */
    public synchronized double peakAnonymous(Instant from) {
        return samples.stream()
                .filter(sample -> !sample.time().isBefore(from))
                .mapToDouble(sample -> sample.memory().anonymous())
                .max()
                .orElse(0);
    }

    /** Anonymous memory at the last sample before a moment, in MiB; at the first sample if there is none before. */
    public synchronized double anonymousAt(Instant when) {
        double found = 0;
        for (Sample sample : samples) {
            if (found > 0 && sample.time().isAfter(when)) {
                break;
            }
            found = sample.memory().anonymous();
        }
        return found;
    }

    /** The most that was resident, mapped files included, in MiB. */
    public synchronized double peakResident() {
        return samples.isEmpty() ? 0 : samples.getLast().memory().peakResident();
    }

    private double cpuAt(Instant when) {
        Sample before = null;
        for (Sample sample : samples) {
            if (sample.time().isAfter(when)) {
                return before == null ? sample.cpuSeconds() : between(before, sample, when);
            }
            before = sample;
        }
        return before == null ? 0 : before.cpuSeconds();
    }

    private static double between(Sample before, Sample after, Instant when) {
        double span = Duration.between(before.time(), after.time()).toNanos();
        double share = span == 0 ? 0 : Duration.between(before.time(), when).toNanos() / span;
        return before.cpuSeconds() + share * (after.cpuSeconds() - before.cpuSeconds());
    }
}
