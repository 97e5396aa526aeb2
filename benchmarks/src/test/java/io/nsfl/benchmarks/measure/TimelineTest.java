package io.nsfl.benchmarks.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

final class TimelineTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void dividesTheTimeBetweenTwoSamplesEvenly() {
        Timeline timeline = timeline();

        assertThat(timeline.cpuSeconds(START.plusSeconds(5), START.plusSeconds(15)))
                .isEqualTo(3.5);
    }

    @Test
    void findsThePeakFromAMomentOnAndWhatWasBefore() {
        Timeline timeline = timeline();

        assertThat(timeline.peakAnonymous(START.plusSeconds(5))).isEqualTo(80);
        assertThat(timeline.anonymousAt(START.plusSeconds(5))).isEqualTo(100);
    }

    @Test
    void readsWhatTheKernelSays() {
        assertThat(CoordinatorProcess.cpuSeconds("17 (a (b) c) S 1 1 1 0 -1 0 0 0 0 0 150 50 0 0 20 0"))
                .isEqualTo(2.0);
        assertThat(MemoryStatus.parse("VmHWM:\t    4096 kB\nRssAnon:\t    2048 kB\n"))
                .contains(new MemoryStatus(2, 4));
        assertThat(MemoryStatus.parse("State:\tZ (zombie)\n")).isEmpty();
    }

    private static Timeline timeline() {
        Timeline timeline = new Timeline();
        timeline.add(new Timeline.Sample(START, new MemoryStatus(100, 200), 1));
        timeline.add(new Timeline.Sample(START.plusSeconds(10), new MemoryStatus(50, 200), 2));
        timeline.add(new Timeline.Sample(START.plusSeconds(20), new MemoryStatus(80, 200), 8));
        return timeline;
    }
}
