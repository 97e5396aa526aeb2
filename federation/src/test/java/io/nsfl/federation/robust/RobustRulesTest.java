package io.nsfl.federation.robust;

import static io.nsfl.federation.Tensors.bytes;
import static io.nsfl.federation.Tensors.of;
import static io.nsfl.federation.Tensors.set;
import static io.nsfl.federation.Tensors.spec;
import static io.nsfl.federation.Tensors.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.nsfl.federation.Vectors;
import io.nsfl.federation.aggregate.Contribution;
import io.nsfl.federation.aggregate.FoldOutcome;
import io.nsfl.federation.aggregate.FoldPlan;
import io.nsfl.federation.aggregate.KeptUpdates;
import io.nsfl.federation.aggregate.RangeEstimate;
import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class RobustRulesTest {
    private static final TensorSpec X = spec("x", DType.F64, TensorKind.TRAINABLE, 3);
    private static final TensorSpec RUNNING = spec("running_mean", DType.F32, TensorKind.STATISTIC, 1);
    private static final TensorSpec COUNTER = spec("num_batches", DType.I64, TensorKind.INTEGER, 1);

    @TempDir
    Path scratch;

    private final Vectors vectors = new Vectors("robust");

    @TestFactory
    Stream<DynamicTest> equalThePublishedResults() {
        return Stream.of(
                test("median.all", CoordinateRule.median(2), 11),
                test("median.first4", CoordinateRule.median(1), 4),
                test("trimmed_mean.2", CoordinateRule.trimmedMean(2), 11),
                test("trimmed_mean.1", CoordinateRule.trimmedMean(1), 11),
                test("krum", Krum.single(2), 11),
                test("multi_krum.4", Krum.multi(2, 4), 11),
                test("bulyan", new Bulyan(2), 11),
                test("geometric_median.5", new GeometricMedian(2, 5, 1e-6), 11),
                test("geometric_median.1001", new GeometricMedian(2, 1001, 1e-6), 11));
    }

    private DynamicTest test(String key, RobustRule rule, int clients) {
        return DynamicTest.dynamicTest(key, () -> {
            TensorSet result = combine(rule, published(clients));
            assertThat(values(result.get("x"))).containsExactly(vectors.numbers(key), within(1e-12));
        });
    }

    @Test
    void krumsScoresAreThePublishedOnes() {
        List<Map.Entry<String, TensorSet>> updates = published(11);
        try (var kept = new KeptUpdates(scratch, List.of(X), updates.size())) {
            updates.forEach(update -> kept.add(update.getValue(), client(update.getKey())));
            Distances distances = Distances.between(kept.inOrder());
            double[] scores =
                    Krum.scores(distances, IntStream.range(0, 11).boxed().toList(), 2);
            double[] expected = vectors.numbers("krum.scores");
            for (int i = 0; i < expected.length; i++) {
                assertThat(scores[i]).isCloseTo(expected[i], within(1e-12 * expected[i]));
            }
            assertThat(Krum.select(distances, 11, 2, 7))
                    .containsExactlyElementsOf(Arrays.stream(vectors.words("bulyan.selected"))
                            .map(Integer::valueOf)
                            .toList());
        }
    }

    /** Every rule, every order of arrival, the same bits. */
    @TestFactory
    Stream<DynamicTest> doNotKnowWhoCameFirst() {
        return rules().map(rule -> DynamicTest.dynamicTest(rule.toString(), () -> {
            List<Map.Entry<String, TensorSet>> updates = random(13, 5000, 42);
            byte[] expected = bytes(combine(rule, updates));
            Random order = new Random(7);
            for (int i = 0; i < 3; i++) {
                Collections.shuffle(updates, order);
                assertThat(bytes(combine(rule, updates))).isEqualTo(expected);
            }
        }));
    }

    /** f clients send what they like; the result stays where the honest ones are. */
    @TestFactory
    Stream<DynamicTest> bearTheirShareOfMaliciousClients() {
        return rules().map(rule -> DynamicTest.dynamicTest(rule.toString(), () -> {
            List<Map.Entry<String, TensorSet>> updates = random(11, 300, 3);
            updates.add(Map.entry("evil-1", set(fill(updates, 1e9), of(RUNNING, 1e9), of(COUNTER, 1L << 60))));
            updates.add(Map.entry("evil-2", set(fill(updates, -1e9), of(RUNNING, -1e9), of(COUNTER, 1L << 60))));
            TensorSet result = combine(rule, updates);
            for (double value : values(result.get("x"))) {
                assertThat(value).isBetween(-1.1, 1.1);
            }
            assertThat(result.get("running_mean").at(0)).isBetween(-1.1, 1.1);
            assertThat(result.get("num_batches").at(0)).isBetween(0.0, 1000.0);
        }));
    }

    /** The steps of the geometric median come from the mean: of clients far away the paper's five passes leave a part. */
    @Test
    void manyPassesTakeOffWhatClientsFarAwayDoToTheGeometricMedian() {
        List<Map.Entry<String, TensorSet>> updates = random(11, 300, 3);
        for (String evil : List.of("evil-1", "evil-2")) {
            updates.add(Map.entry(evil, set(fill(updates, 1e30), of(RUNNING, 0), of(COUNTER, 0))));
        }
        TensorSet result = combine(new GeometricMedian(2, 60, 1e-6), updates);
        for (double value : values(result.get("x"))) {
            assertThat(value).isBetween(-1.1, 1.1);
        }
        double part = combine(new GeometricMedian(2, 5, 1e-6), updates).get("x").at(0) / 1e30;
        assertThat(part).isCloseTo(2 / 13.0 * Math.pow(2 / 11.0, 4), withinPercentage(20));
    }

    /** What {@code UpdateCheck} lets through, of float64 models too, no rule may turn into something that is no number. */
    @TestFactory
    Stream<DynamicTest> stayFiniteAtTheLargestNormThatIsAccepted() {
        return rules().map(rule -> DynamicTest.dynamicTest(rule.toString(), () -> {
            List<Map.Entry<String, TensorSet>> updates = new ArrayList<>(published(11));
            updates.add(Map.entry("evil-1", set(of(X, 5e149, -5e149, 5e149))));
            updates.add(Map.entry("evil-2", set(of(X, -5e149, 5e149, -5e149))));
            assertThat(combine(rule, updates).get("x").finite()).isTrue();
        }));
    }

    @TestFactory
    Stream<DynamicTest> refuseTooFewUpdates() {
        return rules().map(rule -> DynamicTest.dynamicTest(rule.toString(), () -> {
            List<Map.Entry<String, TensorSet>> updates = random(rule.fewest() - 1, 4, 1);
            assertThatThrownBy(() -> combine(rule, updates))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("needs " + rule.fewest());
        }));
    }

    @Test
    void theLowestClientIdWinsAmongEquals() {
        List<Map.Entry<String, TensorSet>> updates = new ArrayList<>();
        for (String id : List.of("e", "d", "c", "b", "a")) {
            updates.add(Map.entry(id, set(of(X, 1, 1, 1))));
        }
        updates.set(0, Map.entry("e", set(of(X, 2, 2, 2))));
        updates.set(1, Map.entry("d", set(of(X, 0, 0, 0))));
        assertThat(values(combine(Krum.single(1), updates).get("x"))).containsExactly(1, 1, 1);

        // Two pairs mirror each other: the scores are equal, and a is of the first.
        List<Map.Entry<String, TensorSet>> mirrored = List.of(
                Map.entry("c", set(of(X, 5, 0, 0))),
                Map.entry("b", set(of(X, 1, 0, 0))),
                Map.entry("a", set(of(X, -1, 0, 0))),
                Map.entry("d", set(of(X, -5, 0, 0))),
                Map.entry("e", set(of(X, 0, 9, 0))));
        assertThat(combine(Krum.single(1), mirrored).get("x").at(0)).isEqualTo(-1);
    }

    @Test
    void leaveNoFileBehind() throws IOException {
        combine(CoordinateRule.median(1), random(5, 10, 1));

        try (Stream<Path> files = Files.list(scratch)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void areMadeAgainstSomebody() {
        List<Supplier<RobustRule>> senseless = List.of(
                () -> CoordinateRule.median(0),
                () -> CoordinateRule.trimmedMean(0),
                () -> Krum.single(0),
                () -> Krum.multi(1, 0),
                () -> new Bulyan(0),
                () -> new GeometricMedian(1, 0, 1e-6));
        senseless.forEach(rule -> assertThatThrownBy(rule::get).isInstanceOf(IllegalArgumentException.class));
    }

    private static Stream<RobustRule> rules() {
        return Stream.of(
                CoordinateRule.median(2),
                CoordinateRule.trimmedMean(2),
                Krum.single(2),
                Krum.multi(2),
                new Bulyan(2),
                new GeometricMedian(2, 5, 1e-6));
    }

    private TensorSet combine(RobustRule rule, List<Map.Entry<String, TensorSet>> updates) {
        List<TensorSpec> specs =
                updates.isEmpty() ? List.of(X) : updates.getFirst().getValue().specs();
        FoldPlan plan = FoldPlan.forRound(
                specs, new RangeEstimate(Map.of("x", 1.0, "running_mean", 1.0)), Math.max(1, updates.size()), 1);
        TensorSet out = TensorSet.allocate(Arena.ofAuto(), plan.aggregateSpecs());
        try (RobustFold fold = new RobustFold(plan, rule, scratch)) {
            updates.forEach(update -> assertThat(fold.fold(update.getValue(), client(update.getKey())))
                    .isEqualTo(new FoldOutcome.Folded()));
            fold.mean(out);
        }
        return out;
    }

    private static Contribution client(String id) {
        return new Contribution(id, 1, Map.of());
    }

    private List<Map.Entry<String, TensorSet>> published(int clients) {
        List<Map.Entry<String, TensorSet>> updates = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            updates.add(Map.entry("client-%02d".formatted(i), set(of(X, vectors.numbers("X." + i)))));
        }
        return updates;
    }

    private static List<Map.Entry<String, TensorSet>> random(int clients, int elements, long seed) {
        TensorSpec x = spec("x", DType.F32, TensorKind.TRAINABLE, elements);
        Random random = new Random(seed);
        List<Map.Entry<String, TensorSet>> updates = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            double[] values = random.doubles(elements, -1, 1).toArray();
            updates.add(Map.entry(
                    "client-%02d".formatted(i),
                    set(of(x, values), of(RUNNING, random.nextDouble()), of(COUNTER, random.nextInt(1000)))));
        }
        return updates;
    }

    private static NamedTensor fill(List<Map.Entry<String, TensorSet>> like, double value) {
        TensorSpec x = like.getFirst().getValue().get("x").spec();
        double[] values = new double[(int) x.elements()];
        Arrays.fill(values, value);
        return of(x, values);
    }
}
