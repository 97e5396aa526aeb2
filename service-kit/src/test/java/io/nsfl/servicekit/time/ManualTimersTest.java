package io.nsfl.servicekit.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class ManualTimersTest implements TimersContract {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final ManualTimers timers = new ManualTimers(START);

    @Override
    public Timers timers() {
        return timers;
    }

    @Override
    public void pass(Duration time, CountDownLatch until) {
        timers.advance(time);
    }

    @Test
    void runsTasksInOrderOfTimeWithTheClockAtTheirTime() {
        List<String> seen = new ArrayList<>();
        timers.schedule(Duration.ofSeconds(2), Runnable::run, () -> seen.add("b at " + elapsed()));
        timers.schedule(Duration.ofSeconds(1), Runnable::run, () -> {
            seen.add("a at " + elapsed());
            timers.schedule(Duration.ofSeconds(1), Runnable::run, () -> seen.add("c at " + elapsed()));
        });
        timers.schedule(Duration.ofSeconds(9), Runnable::run, () -> seen.add("late"));

        timers.advance(Duration.ofSeconds(3));

        assertThat(seen).containsExactly("a at 1", "b at 2", "c at 2");
        assertThat(elapsed()).isEqualTo(3);
        assertThat(timers.pending()).isEqualTo(1);
        assertThat(timers.untilNext()).contains(Duration.ofSeconds(6));
    }

    @Test
    void forgetsATaskThatWasTakenBack() {
        Timers.Timer timer = timers.schedule(Duration.ofSeconds(1), Runnable::run, () -> {});

        timer.cancel();

        assertThat(timers.pending()).isZero();
    }

    private long elapsed() {
        return Duration.between(START, timers.instant()).toSeconds();
    }
}
