package io.nsfl.federation.seed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SeedsTest {
    @Test
    void givesTheSameSeedForTheSameWork() {
        assertThat(Seeds.derive(7, 1, "c-1", "noise")).isEqualTo(Seeds.derive(7, 1, "c-1", "noise"));
    }

    @Test
    void staysWhatItWasForJobsThatAreRepeated() {
        // Computed with Python's hashlib from the documented input.
        assertThat(Seeds.derive(42, 3, "c-00112233445566778899")).isEqualTo(SCRIPT_42_3);
    }

    @Test
    void differsByJobRoundClientAndPurpose() {
        Set<Long> seeds = new HashSet<>();
        for (long job = 0; job < 5; job++) {
            for (int round = 0; round < 5; round++) {
                for (String client : new String[] {"", "a", "ab", "b"}) {
                    for (String purpose : new String[] {"", "b", "script"}) {
                        seeds.add(Seeds.derive(job, round, client, purpose));
                    }
                }
            }
        }
        assertThat(seeds).hasSize(5 * 5 * 4 * 3);
    }

    @Test
    void fitsEveryFrameworksSeedInScripts() {
        for (int round = 0; round < 1000; round++) {
            assertThat(Seeds.derive(-1, round, "c")).isBetween(0L, 0xFFFFFFFFL);
        }
    }

    private static final long SCRIPT_42_3 = 2556530101L;
}
