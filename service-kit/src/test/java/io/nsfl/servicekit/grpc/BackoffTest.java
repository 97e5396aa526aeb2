package io.nsfl.servicekit.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.random.RandomGenerator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private static final Duration BASE = Duration.ofMillis(100);
    private static final Duration MAX = Duration.ofSeconds(30);

    /** Always the longest wait that is allowed. */
    private static final RandomGenerator LONGEST = new RandomGenerator() {
        @Override
        public long nextLong() {
            return -1;
        }

        @Override
        public long nextLong(long bound) {
            return bound - 1;
        }
    };

    @Test
    void doublesTheBoundUpToTheMaximumAndStartsAgainAfterASuccess() {
        Backoff backoff = new Backoff(BASE, MAX, LONGEST);

        assertThat(backoff.next()).isEqualTo(Duration.ofMillis(100));
        assertThat(backoff.next()).isEqualTo(Duration.ofMillis(200));
        assertThat(backoff.next()).isEqualTo(Duration.ofMillis(400));
        for (int i = 0; i < 200; i++) {
            assertThat(backoff.next()).isLessThanOrEqualTo(MAX);
        }
        assertThat(backoff.next()).isEqualTo(MAX);
        backoff.reset();
        assertThat(backoff.next()).isEqualTo(BASE);
    }

    @Property
    void staysWithinTheBound(@ForAll long seed, @ForAll @IntRange(max = 20) int failures) {
        Backoff backoff = new Backoff(BASE, MAX, new java.util.Random(seed));
        for (int i = 0; i < failures; i++) {
            backoff.next();
        }

        Duration bound = BASE.multipliedBy(1L << failures);
        assertThat(backoff.next()).isBetween(Duration.ZERO, bound.compareTo(MAX) < 0 ? bound : MAX);
    }

    @Test
    void refusesBoundsThatMakeNoSense() {
        assertThatThrownBy(() -> new Backoff(MAX, BASE, LONGEST)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Backoff(Duration.ZERO, BASE, LONGEST))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
