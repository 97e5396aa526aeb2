package io.nsfl.coordinator.round;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.coordinator.round.Quorum.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class QuorumTest {
    private static final Instant OPENED = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant DEADLINE = OPENED.plusSeconds(600);

    private final Quorum byDefault = new Quorum(4, 2, Optional.empty());
    private final Quorum noWindow = new Quorum(4, 2, Optional.of(Duration.ZERO));

    @Test
    void closesWithAsManyAsWereAskedFor() {
        assertThat(decide(byDefault, 4, 3, at(100), 100)).isEqualTo(new Verdict.Close());
    }

    @Test
    void closesWithTheThresholdWhenEverybodyElseIsOut() {
        assertThat(decide(byDefault, 2, 0, at(10), 10)).isEqualTo(new Verdict.Close());
    }

    @Test
    void waitsAQuarterOfTheTimeThatTheThresholdTook() {
        assertThat(decide(byDefault, 2, 2, at(100), 100)).isEqualTo(wait(125));
        assertThat(decide(byDefault, 3, 1, at(100), 124)).isEqualTo(wait(125));
        assertThat(decide(byDefault, 3, 1, at(100), 125)).isEqualTo(new Verdict.Close());
    }

    @Test
    void waitsAtLeastTwoSeconds() {
        assertThat(decide(byDefault, 2, 2, at(1), 1)).isEqualTo(wait(3));
    }

    @Test
    void closesWithTheFirstOfTheThresholdWhenTheWindowIsZero() {
        assertThat(decide(noWindow, 2, 2, at(5), 5)).isEqualTo(new Verdict.Close());
        assertThat(decide(noWindow, 1, 3, Optional.empty(), 5)).isEqualTo(wait(600));
    }

    @Test
    void neverWaitsBeyondTheDeadline() {
        assertThat(decide(byDefault, 2, 2, at(590), 590)).isEqualTo(wait(600));
        assertThat(decide(byDefault, 2, 2, at(590), 600)).isEqualTo(new Verdict.Close());
    }

    @Test
    void failsAtTheDeadlineBelowTheThreshold() {
        assertThat(decide(byDefault, 1, 3, Optional.empty(), 600)).isInstanceOf(Verdict.Fail.class);
    }

    @Test
    void failsAsSoonAsTheThresholdCannotBeReached() {
        assertThat(decide(byDefault, 1, 0, Optional.empty(), 1)).isInstanceOf(Verdict.Fail.class);
        assertThat(decide(byDefault, 0, 2, Optional.empty(), 1)).isEqualTo(wait(600));
    }

    private static Verdict decide(Quorum quorum, int valid, int open, Optional<Instant> thresholdAt, int second) {
        return quorum.decide(valid, open, OPENED, thresholdAt, DEADLINE, OPENED.plusSeconds(second));
    }

    private static Optional<Instant> at(int second) {
        return Optional.of(OPENED.plusSeconds(second));
    }

    private static Verdict wait(int second) {
        return new Verdict.Wait(OPENED.plusSeconds(second));
    }
}
