package io.nsfl.federation.secagg.contribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nsfl.federation.secagg.SummedVectors;
import io.nsfl.federation.secagg.contribution.ContributionLayout.Part;
import io.nsfl.federation.secagg.quantise.ModulusBudget;
import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.Elements;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ContributionTest {
    private static final int CLIENTS = 10;
    private static final long CAP = 1000;
    private static final List<TensorSpec> SPECS = List.of(
            new TensorSpec("kernel", DType.F32, List.of(70L, 90L), TensorKind.TRAINABLE),
            new TensorSpec("empty", DType.F32, List.of(0L), TensorKind.TRAINABLE),
            new TensorSpec("bias", DType.F64, List.of(3L), TensorKind.TRAINABLE));
    private static final ContributionLayout LAYOUT = new ContributionLayout(
            List.of(new Part(6300, 0.25), new Part(0, 1), new Part(3, 2)), 2, ModulusBudget.valueBits(CLIENTS), CAP);

    @Test
    void givesTheWeightedMeanWithinItsBound() {
        SplittableRandom random = new SplittableRandom(3);
        try (Arena arena = Arena.ofConfined();
                SummedVectors sums = new SummedVectors(LAYOUT.length())) {
            double[] expected = new double[6303];
            double totalWeight = 0;
            double loss = 0;
            double accuracy = 0;
            for (int client = 0; client < CLIENTS; client++) {
                long weight = random.nextLong(1, CAP + 1);
                TensorSet delta = delta(arena, random);
                double[] metrics = {random.nextDouble(0, 5), random.nextDouble()};
                Contribution contribution = new Contribution(LAYOUT, delta, weight, metrics);
                sums.add(contribution);
                assertThat(contribution.clipped()).isZero();
                add(expected, delta, weight);
                totalWeight += weight;
                loss += weight * metrics[0];
                accuracy += weight * metrics[1];
            }
            ContributionSum sum = sum(LAYOUT, sums, CLIENTS);
            assertThat(sum.totalWeight()).isEqualTo((long) totalWeight);
            assertThat(sum.metric(0)).isCloseTo(loss / totalWeight, within(1e-6));
            assertThat(sum.metric(1)).isCloseTo(accuracy / totalWeight, within(1e-6));
            TensorSet mean = TensorSet.allocate(arena, SPECS);
            sum.mean(mean);
            double bound = CLIENTS * CAP / totalWeight / 2;
            assertClose(mean.get("kernel"), expected, 0, totalWeight, bound * 0.5 / ((1 << 28) - 1) + 1e-8);
            assertClose(mean.get("bias"), expected, 6300, totalWeight, bound * 4 / ((1 << 28) - 1) + 1e-12);
        }
    }

    /** Ten clients at the edge of their range, with noise that carries the sum below 0 and above what they come to without it. */
    @Test
    void bearsNoiseThatLeadsBeyondTheRange() {
        ContributionLayout layout = new ContributionLayout(List.of(new Part(3, 1)), 0, 20, 1);
        long[] noise = {-40_000_000, 40_000_000, 7};
        try (Arena arena = Arena.ofConfined();
                SummedVectors sums = new SummedVectors(layout.length())) {
            List<TensorSpec> specs = List.of(new TensorSpec("w", DType.F64, List.of(3L), TensorKind.TRAINABLE));
            TensorSet delta = TensorSet.allocate(arena, specs);
            Elements.write(DType.F64, delta.get("w").data(), 0, 3, new double[] {-1, 1, 0});
            for (int client = 0; client < CLIENTS; client++) {
                int[] at = {0};
                sums.add(new Contribution(layout, delta, 1, () -> noise[at[0]++]));
            }
            TensorSet mean = TensorSet.allocate(arena, specs);
            ContributionSum sum = sum(layout, sums, CLIENTS);
            sum.mean(mean);
            double step = 2.0 / ((1 << 20) - 2);
            assertThat(sum.totalWeight()).isEqualTo(CLIENTS);
            assertThat(mean.get("w").at(0)).isCloseTo(-1 - 40_000_000 * step, within(1e-9));
            assertThat(mean.get("w").at(1)).isCloseTo(1 + 40_000_000 * step, within(1e-9));
            assertThat(mean.get("w").at(2)).isCloseTo(7 * step, within(1e-12));
            assertThat(layout.largestRounding()).isCloseTo(Math.sqrt(3) * step / 2, within(1e-15));
        }
    }

    @Test
    void groupsGiveExactlyWhatOneSessionGives() {
        SplittableRandom random = new SplittableRandom(8);
        try (Arena arena = Arena.ofConfined();
                SummedVectors all = new SummedVectors(LAYOUT.length());
                SummedVectors first = new SummedVectors(LAYOUT.length());
                SummedVectors second = new SummedVectors(LAYOUT.length())) {
            for (int client = 0; client < CLIENTS; client++) {
                long weight = random.nextLong(1, CAP + 1);
                TensorSet delta = delta(arena, random);
                double[] metrics = {random.nextDouble(0, 5), random.nextDouble()};
                for (SummedVectors sums : List.of(all, client < 3 ? first : second)) {
                    sums.add(new Contribution(LAYOUT, delta, weight, metrics));
                }
            }
            ContributionSum one = sum(LAYOUT, all, CLIENTS);
            ContributionSum two = new ContributionSum(
                    LAYOUT,
                    List.of(
                            new ContributionSum.Group(first.sums(), 3),
                            new ContributionSum.Group(second.sums(), CLIENTS - 3)));
            TensorSet expected = TensorSet.allocate(arena, SPECS);
            TensorSet mean = TensorSet.allocate(arena, SPECS);
            one.mean(expected);
            two.mean(mean);
            for (TensorSpec spec : SPECS) {
                assertThat(mean.get(spec.name())
                                .data()
                                .mismatch(expected.get(spec.name()).data()))
                        .isEqualTo(-1);
            }
            assertThat(two.clients()).isEqualTo(CLIENTS);
            assertThat(two.totalWeight()).isEqualTo(one.totalWeight());
            assertThat(two.metric(0)).isEqualTo(one.metric(0));
            assertThat(two.metric(1)).isEqualTo(one.metric(1));
            assertThat(two.plausible()).isTrue();
        }
    }

    private static ContributionSum sum(ContributionLayout layout, SummedVectors sums, int clients) {
        return new ContributionSum(layout, List.of(new ContributionSum.Group(sums.sums(), clients)));
    }

    @Test
    void leavesWhatDidNotChangeExactlyAsItIs() {
        try (Arena arena = Arena.ofConfined();
                SummedVectors sums = new SummedVectors(LAYOUT.length())) {
            for (int client = 0; client < CLIENTS; client++) {
                sums.add(new Contribution(LAYOUT, TensorSet.allocate(arena, SPECS), 1 + client, 0, 0));
            }
            TensorSet mean = TensorSet.allocate(arena, SPECS);
            sum(LAYOUT, sums, CLIENTS).mean(mean);
            assertThat(mean.get("kernel").largestMagnitude()).isZero();
            assertThat(mean.get("bias").largestMagnitude()).isZero();
        }
    }

    @Test
    void tellsASumThatHonestContributionsCannotHave() {
        try (Arena arena = Arena.ofConfined();
                SummedVectors honest = new SummedVectors(LAYOUT.length());
                SummedVectors spoiled = new SummedVectors(LAYOUT.length())) {
            for (int client = 0; client < CLIENTS; client++) {
                Contribution contribution = new Contribution(LAYOUT, TensorSet.allocate(arena, SPECS), CAP, 0, 0);
                honest.add(contribution);
            }
            spoiled.add((block, count) -> Arrays.fill(block, 0, count, -1));

            assertThat(sum(LAYOUT, honest, CLIENTS).plausible()).isTrue();
            assertThat(sum(LAYOUT, honest, CLIENTS - 1).plausible()).isFalse();
            assertThat(sum(LAYOUT, spoiled, CLIENTS).plausible()).isFalse();
        }
    }

    @Test
    void clipsWhatIsTooLargeAndCountsIt() {
        try (Arena arena = Arena.ofConfined()) {
            TensorSet delta = TensorSet.allocate(arena, SPECS);
            Elements.write(DType.F64, delta.get("bias").data(), 0, 3, new double[] {5, -5, 1});
            Contribution contribution = new Contribution(LAYOUT, delta, CAP, 0, 0);
            int[] values = new int[(int) LAYOUT.length()];
            contribution.next(values, values.length);
            assertThat(contribution.clipped()).isEqualTo(2);
            assertThat(values[6300]).isEqualTo((1 << 28) - 2);
            assertThat(values[6301]).isZero();
        }
    }

    @Test
    void refusesWhatWouldNotCountAsExpected() {
        try (Arena arena = Arena.ofConfined()) {
            TensorSet delta = TensorSet.allocate(arena, SPECS);
            assertThatThrownBy(() -> new Contribution(LAYOUT, delta, CAP + 1, 0, 0))
                    .hasMessageContaining("weight");
            assertThatThrownBy(() -> new Contribution(LAYOUT, delta, 0, 0, 0)).hasMessageContaining("weight");
            assertThatThrownBy(() -> new Contribution(LAYOUT, delta, 1, Double.NaN, 0))
                    .hasMessageContaining("not a number");
            assertThatThrownBy(() -> new Contribution(LAYOUT, delta, 1, 0)).hasMessageContaining("metrics");
        }
    }

    private static TensorSet delta(Arena arena, SplittableRandom random) {
        TensorSet delta = TensorSet.allocate(arena, SPECS);
        Elements.write(
                DType.F32,
                delta.get("kernel").data(),
                0,
                6300,
                random.doubles(6300, -0.25, 0.25).toArray());
        Elements.write(
                DType.F64,
                delta.get("bias").data(),
                0,
                3,
                random.doubles(3, -2, 2).toArray());
        return delta;
    }

    private static void add(double[] expected, TensorSet delta, long weight) {
        for (int i = 0; i < 6300; i++) {
            expected[i] += weight * delta.get("kernel").at(i);
        }
        for (int i = 0; i < 3; i++) {
            expected[6300 + i] += weight * delta.get("bias").at(i);
        }
    }

    private static void assertClose(NamedTensor tensor, double[] expected, int at, double totalWeight, double bound) {
        for (int i = 0; i < tensor.spec().elements(); i++) {
            assertThat(tensor.at(i)).isCloseTo(expected[at + i] / totalWeight, within(bound));
        }
    }
}
