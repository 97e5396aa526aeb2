package io.nsfl.federation.secagg.graph;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.federation.secagg.crypto.Digests;
import io.nsfl.federation.secagg.graph.GraphDegree.Server;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;

class GraphTest {
    private static final byte[] SEED = Digests.sha256("seed");

    @ParameterizedTest
    @CsvFileSource(resources = "/vectors/secaggplus_params.csv", numLinesToSkip = 2)
    void findsThePublishedDegreesAndThresholds(
            int clients, double corrupt, double dropping, String server, int degree, int threshold) {
        assertThat(GraphDegree.find(clients, corrupt, dropping, Server.valueOf(server.toUpperCase())))
                .isEqualTo(Optional.of(new GraphDegree(degree, threshold)));
    }

    @Test
    void findsNoneWhereOnlyTheCompleteGraphIsEnough() {
        assertThat(GraphDegree.find(5, 0.3, 0.3, Server.SEMI_MALICIOUS)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"5,4", "5,10", "20,6", "101,22", "1000,52"})
    void givesEveryClientAsManyNeighboursBothWays(int clients, int degree) {
        MaskGraph graph = MaskGraph.of(clients, degree, SEED);
        for (int client = 0; client < clients; client++) {
            int self = client;
            int[] neighbours = graph.neighbours(client);
            assertThat(neighbours)
                    .hasSize(Math.min(degree, clients - 1))
                    .isSorted()
                    .doesNotContain(client)
                    .doesNotHaveDuplicates();
            assertThat(IntStream.of(neighbours)
                            .allMatch(other -> Arrays.binarySearch(graph.neighbours(other), self) >= 0))
                    .isTrue();
        }
    }

    @Test
    void followsFromTheSeedAlone() {
        assertThat(MaskGraph.of(100, 22, SEED).neighbours(7))
                .isEqualTo(MaskGraph.of(100, 22, SEED.clone()).neighbours(7));
        assertThat(MaskGraph.of(100, 22, Digests.sha256("another")).neighbours(7))
                .isNotEqualTo(MaskGraph.of(100, 22, SEED).neighbours(7));
    }

    /** Over 2,000 seeds each of 9 others is a neighbour of client 0 in 4 of 9 rings: 888.9, deviation 22.2. */
    @Test
    void favoursNobody() {
        int[] met = new int[10];
        for (int seed = 0; seed < 2000; seed++) {
            byte[] bytes = Digests.sha256("seed", new byte[] {(byte) (seed >> 8), (byte) seed});
            for (int neighbour : MaskGraph.of(10, 4, bytes).neighbours(0)) {
                met[neighbour]++;
            }
        }
        assertThat(met[0]).isZero();
        assertThat(Arrays.copyOfRange(met, 1, 10))
                .satisfies(counts -> assertThat(IntStream.of(counts).allMatch(count -> Math.abs(count - 889) < 110))
                        .isTrue());
    }
}
