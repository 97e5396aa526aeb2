package io.nsfl.federation.secagg;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.federation.secagg.quantise.ModulusBudget;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExactSumTest {
    private static final List<Stage> STAGES =
            List.of(Stage.ADVERTISE, Stage.SHARE, Stage.MASK, Stage.CONSISTENCY, Stage.UNMASK);

    /** Not a multiple of anything. */
    private static final int LENGTH = 5;

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 5, 6, 7})
    void isExactForEverySubsetOfUpToAThirdThatDropsOutInAnyStage(int clients) {
        List<int[]> subsets = subsets(clients, clients / 3);
        IntStream.range(0, subsets.size() * STAGES.size()).parallel().forEach(i -> {
            int[] dropped = subsets.get(i / STAGES.size());
            Stage stage = STAGES.get(i % STAGES.size());
            try (Rehearsal rehearsal = rehearsal(clients, clients - clients / 3, i)) {
                for (int client : dropped) {
                    rehearsal.silentFrom(rehearsal.parties.get(client), stage);
                }
                assertExact(rehearsal, dropped, stage);
            }
        });
    }

    @Test
    void isExactWhereEachDropsOutInAStageOfItsOwn() {
        SplittableRandom random = new SplittableRandom(7);
        for (int run = 0; run < 20; run++) {
            int clients = 8 + random.nextInt(10);
            try (Rehearsal rehearsal = rehearsal(clients, clients - clients / 3, run)) {
                Set<PartyId> without = new HashSet<>();
                for (int drop = 0; drop < clients / 3; drop++) {
                    PartyId party = rehearsal.parties.get(random.nextInt(clients));
                    if (without.add(party)) {
                        rehearsal.silentFrom(party, STAGES.get(random.nextInt(STAGES.size())));
                    }
                }
                SecAggResult result = rehearsal.run();
                assertThat(Rehearsal.sums(result)).isEqualTo(rehearsal.expected(result.survivors()));
                assertThat(result.survivors()).hasSizeGreaterThanOrEqualTo(clients - without.size());
            }
        }
    }

    @Test
    void isExactOverManyBlocks() {
        SecAggParameters parameters = Rehearsal.complete(3, 2, 100_003, 30);
        try (Rehearsal rehearsal = new Rehearsal(parameters, 5)) {
            rehearsal.silentFrom(rehearsal.parties.get(1), Stage.MASK);
            SecAggResult result = rehearsal.run();
            assertThat(Rehearsal.sums(result)).isEqualTo(rehearsal.expected(result.survivors()));
        }
    }

    private static void assertExact(Rehearsal rehearsal, int[] dropped, Stage stage) {
        SecAggResult result = rehearsal.run();
        Set<PartyId> survivors = new HashSet<>(rehearsal.parties);
        if (stage.compareTo(Stage.MASK) <= 0) {
            for (int client : dropped) {
                survivors.remove(rehearsal.parties.get(client));
            }
        }
        assertThat(result.survivors()).isEqualTo(survivors);
        assertThat(Rehearsal.sums(result)).isEqualTo(rehearsal.expected(survivors));
        assertThat(result.accusations()).isEmpty();
    }

    private static Rehearsal rehearsal(int clients, int threshold, int seed) {
        return new Rehearsal(Rehearsal.complete(clients, threshold, LENGTH, ModulusBudget.valueBits(clients)), seed);
    }

    private static List<int[]> subsets(int clients, int most) {
        List<int[]> subsets = new ArrayList<>();
        for (int mask = 0; mask < 1 << clients; mask++) {
            if (Integer.bitCount(mask) <= most) {
                int members = mask;
                subsets.add(IntStream.range(0, clients)
                        .filter(client -> (members >> client & 1) == 1)
                        .toArray());
            }
        }
        return subsets;
    }
}
