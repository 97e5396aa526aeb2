package io.nsfl.coordinator.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.coordinator.round.RosterEntry;
import io.nsfl.federation.aggregate.FoldPlan;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class FoldPlanningTest {
    @Test
    void takesAsManySamplesAsTheLargestClientAnnounces() {
        assertThat(FoldPlanning.announced(roster())).isEqualTo(FoldPlan.EXACT_WEIGHT_CAP);
        assertThat(FoldPlanning.announced(roster(0, 1, FoldPlan.EXACT_WEIGHT_CAP)))
                .isEqualTo(FoldPlan.EXACT_WEIGHT_CAP);
        assertThat(FoldPlanning.announced(roster(5, FoldPlan.EXACT_WEIGHT_CAP + 1)))
                .isEqualTo(2 * FoldPlan.EXACT_WEIGHT_CAP);
    }

    @Test
    @Timeout(10)
    void endsWhateverAClientAnnounces() {
        assertThat(FoldPlanning.announced(roster(Long.MAX_VALUE))).isEqualTo(1L << 53);
    }

    private static List<RosterEntry> roster(long... samples) {
        return LongStream.of(samples)
                .mapToObj(count -> new RosterEntry("client-" + count, "", "", count, Optional.empty()))
                .toList();
    }
}
