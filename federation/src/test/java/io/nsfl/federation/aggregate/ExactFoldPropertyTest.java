package io.nsfl.federation.aggregate;

import static io.nsfl.federation.Tensors.of;
import static io.nsfl.federation.Tensors.spec;
import static io.nsfl.federation.Tensors.weighing;
import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.federation.Tensors;
import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import java.lang.foreign.Arena;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class ExactFoldPropertyTest {
    private static final int ELEMENTS = 7;

    /** A client's update with its weight. */
    private record Offer(TensorSet update, long weight) {}

    @Property(tries = 200)
    void givesTheSameBitsInAnyOrder(@ForAll Random random, @ForAll @IntRange(min = 1, max = 40) int clients) {
        DType type = List.of(DType.F32, DType.F64, DType.F16, DType.BF16).get(random.nextInt(4));
        List<TensorSpec> specs = List.of(
                spec("w", type, TensorKind.TRAINABLE, ELEMENTS), spec("n", DType.I32, TensorKind.INTEGER, ELEMENTS));
        FoldPlan plan = FoldPlan.forRound(specs, new RangeEstimate(Map.of("w", 1.0)), clients, 50_000);
        List<Offer> offers = offers(specs, clients, random, 50_000);
        byte[] first = Tensors.bytes(mean(plan, offers));

        List<Offer> shuffled = new ArrayList<>(offers);
        Collections.shuffle(shuffled, random);

        assertThat(Tensors.bytes(mean(plan, shuffled))).isEqualTo(first);
    }

    @Property(tries = 200)
    void staysWithinTheDocumentedBoundOfTheExactMean(
            @ForAll Random random, @ForAll @IntRange(min = 1, max = 40) int clients) {
        TensorSpec spec = spec("w", DType.F64, TensorKind.TRAINABLE, ELEMENTS);
        FoldPlan plan = FoldPlan.forRound(List.of(spec), new RangeEstimate(Map.of("w", 1.0)), clients, 50_000);
        List<Offer> offers = offers(List.of(spec), clients, random, 50_000);
        TensorSet mean = mean(plan, offers);

        long total = offers.stream().mapToLong(Offer::weight).sum();
        // One rounding to whole steps per client; products and the result are rounded to float64.
        double bound = clients * plan.tensors().getFirst().roundingBound() / total + 64 * 0x1p-52;
        for (int i = 0; i < ELEMENTS; i++) {
            BigDecimal sum = BigDecimal.ZERO;
            for (Offer offer : offers) {
                sum = sum.add(
                        new BigDecimal(offer.update().get("w").at(i)).multiply(BigDecimal.valueOf(offer.weight())));
            }
            BigDecimal exact = sum.divide(BigDecimal.valueOf(total), MathContext.DECIMAL128);
            assertThat(new BigDecimal(mean.get("w").at(i)).subtract(exact).abs())
                    .isLessThanOrEqualTo(new BigDecimal(bound));
        }
    }

    @Property(tries = 100)
    void anAverageOfEqualUpdatesIsThatUpdate(@ForAll Random random, @ForAll @IntRange(min = 1, max = 20) int clients) {
        TensorSpec spec = spec("w", DType.F32, TensorKind.TRAINABLE, ELEMENTS);
        FoldPlan plan = FoldPlan.forRound(List.of(spec), new RangeEstimate(Map.of("w", 1.0)), clients, 1000);
        TensorSet update = offers(List.of(spec), 1, random, 1).getFirst().update();
        List<Offer> same = IntStream.range(0, clients)
                .mapToObj(i -> new Offer(update, 1 + random.nextInt(1000)))
                .toList();

        double[] expected = Tensors.values(update.get("w"));
        double[] actual = Tensors.values(mean(plan, same).get("w"));
        for (int i = 0; i < ELEMENTS; i++) {
            assertThat(actual[i]).isBetween(expected[i] - 0x1p-24, expected[i] + 0x1p-24);
        }
    }

    private static List<Offer> offers(List<TensorSpec> specs, int clients, Random random, int cap) {
        return IntStream.range(0, clients)
                .mapToObj(client -> new Offer(
                        new TensorSet(specs.stream()
                                .map(spec -> of(
                                        spec,
                                        random.doubles(spec.elements())
                                                .map(value -> spec.dtype().floating() ? value * 2 - 1 : value * 1000)
                                                .toArray()))
                                .toList()),
                        1 + random.nextInt(cap)))
                .toList();
    }

    private static TensorSet mean(FoldPlan plan, List<Offer> offers) {
        TensorSet out = TensorSet.allocate(Arena.ofAuto(), plan.aggregateSpecs());
        try (ExactFold fold = new ExactFold(plan)) {
            for (Offer offer : offers) {
                assertThat(fold.fold(offer.update(), weighing(offer.weight()))).isEqualTo(new FoldOutcome.Folded());
            }
            fold.mean(out);
        }
        return out;
    }
}
