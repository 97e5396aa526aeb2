package io.nsfl.federation.privacy;

import static io.nsfl.federation.Tensors.of;
import static io.nsfl.federation.Tensors.set;
import static io.nsfl.federation.Tensors.spec;
import static io.nsfl.federation.Tensors.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nsfl.federation.aggregate.Aggregate;
import io.nsfl.federation.aggregate.Contribution;
import io.nsfl.federation.aggregate.ExactFold;
import io.nsfl.federation.aggregate.FoldPlan;
import io.nsfl.federation.aggregate.RangeEstimate;
import io.nsfl.federation.bits.BitSource;
import io.nsfl.federation.optimize.FederatedAveraging;
import io.nsfl.federation.optimize.KeptIntegers;
import io.nsfl.federation.state.ServerState;
import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CentralNoiseTest {
    private static final TensorSpec WEIGHTS = spec("w", DType.F32, TensorKind.TRAINABLE, 20_000);

    @Test
    void theNoiseOnTheMeanHasThePublishedDeviation() {
        // dp_noise_std: S 0.8, z 1.1, m 100 -> 0.0088.
        NamedTensor mean = of(WEIGHTS, new double[20_000]);

        noise(1.1, 0.8, 100).treat(aggregate(mean, 100), ServerState.none());

        double variance = Arrays.stream(values(mean)).map(x -> x * x).average().orElseThrow();
        assertThat(Math.sqrt(variance)).isCloseTo(0.0088, within(0.0001));
        // Never less than the account is told, and hardly more.
        assertThat(noise(1.1, 0.8, 100).deviation(1.1, 0.8, 100, 20_000)).isBetween(0.0088, 0.0088 * 1.0001);
    }

    @Test
    void theDivisorIsTheExpectedNumberWhoeverCame() {
        NamedTensor mean = of(spec("w", DType.F64, TensorKind.TRAINABLE, 1), 0.4);

        noise(1e-6, 1, 10).treat(aggregate(mean, 5), ServerState.none());

        assertThat(values(mean)[0]).isCloseTo(0.2, within(1e-5));
    }

    @Test
    void whatMaskingHasLengthenedUpdatesByIsCovered() {
        NamedTensor mean = of(WEIGHTS, new double[20_000]);
        Aggregate rounded =
                new Aggregate(set(mean), 100, 100, Map.of(CentralNoise.QUANTISATION, 0.8), new SeededBits(6));

        noise(1.1, 0.8, 100).treat(rounded, ServerState.none());

        double variance = Arrays.stream(values(mean)).map(x -> x * x).average().orElseThrow();
        assertThat(Math.sqrt(variance)).isCloseTo(2 * 0.0088, within(0.0002));
    }

    @Test
    void theSameSetInTheSameAttemptGetsTheSameNoise() {
        byte[] key = new byte[32];
        NamedTensor once = of(WEIGHTS, new double[20_000]);
        NamedTensor again = of(WEIGHTS, new double[20_000]);
        NamedTensor other = of(WEIGHTS, new double[20_000]);

        noise(1, 1, 2).treat(aggregate(once, 2, CipherBits.of(key)), ServerState.none());
        noise(1, 1, 2).treat(aggregate(again, 2, CipherBits.of(key)), ServerState.none());
        key[0] = 1;
        noise(1, 1, 2).treat(aggregate(other, 2, CipherBits.of(key)), ServerState.none());

        assertThat(values(once)).isEqualTo(values(again)).isNotEqualTo(values(other));
    }

    @Test
    void statisticsAndCountersGetNoNoiseAndStay() {
        NamedTensor weights = of(spec("w", DType.F32, TensorKind.TRAINABLE, 1), 1);
        NamedTensor running = of(spec("m", DType.F32, TensorKind.STATISTIC, 1), 5);
        NamedTensor batches = of(spec("n", DType.I64, TensorKind.INTEGER, 1), 7);
        TensorSet base = set(weights, running, batches);
        TensorSet sent = set(of(weights.spec(), 0.5), of(running.spec(), 0), of(batches.spec(), 0));
        TensorSet out = set(of(weights.spec(), 0), of(running.spec(), 0), of(batches.spec(), 0));
        Aggregate aggregate = new Aggregate(sent, 1, 1, Map.of(), new SeededBits(1));

        noise(1, 1, 1).treat(aggregate, ServerState.none());
        new KeptIntegers(new FederatedAveraging(1)).step(base, aggregate, out, ServerState.none());

        assertThat(values(out.get("m"))).containsExactly(5);
        assertThat(values(out.get("n"))).containsExactly(7);
        assertThat(values(out.get("w"))[0]).isNotEqualTo(1.5);
    }

    @Test
    void theBoundOfTheNextRoundFollowsTheUnclipped() {
        CentralNoise noise = new CentralNoise(0.1, 1, 10, Optional.of(new AdaptiveClip(0.5, 0.2, 0.6)));
        ServerState state = ServerState.none();
        TensorSpec one = spec("w", DType.F32, TensorKind.TRAINABLE, 1);
        FoldPlan plan = FoldPlan.forRound(List.of(one), new RangeEstimate(Map.of("w", 1.0)), 10, 1);
        try (ClipCount fold = new ClipCount(new ExactFold(plan))) {
            for (int i = 0; i < 10; i++) {
                fold.fold(
                        set(of(one, 0.5)), new Contribution("c" + i, 1, Map.of(ClipCount.REPORTED, i < 9 ? 1.0 : 0.0)));
            }
            TensorSet mean = set(of(one, 0));
            fold.mean(mean);
            assertThat(fold.findings()).containsEntry(ClipCount.WITHIN, 9.0);

            noise.treat(new Aggregate(mean, 10, 10, fold.findings(), new SeededBits(4)), state);
        }

        assertThat(noise.bound(ServerState.none())).isEqualTo(1);
        // exp(-0.2 (0.9 - 0.5)) but for the count's noise of 0.06.
        assertThat(noise.bound(state)).isCloseTo(Math.exp(-0.08), within(0.04)).isNotEqualTo(Math.exp(-0.08));
    }

    @Test
    void aGridTooCoarseForTheModelIsRefused() {
        assertThatThrownBy(() -> noise(1e6, 1, 1).deviation(1e6, 1, 1, 1_000_000))
                .hasMessageContaining("too coarse");
    }

    private static CentralNoise noise(double z, double bound, int expected) {
        return new CentralNoise(z, bound, expected, Optional.empty());
    }

    private static Aggregate aggregate(NamedTensor mean, int count) {
        return aggregate(mean, count, new SeededBits(9));
    }

    private static Aggregate aggregate(NamedTensor mean, int count, BitSource bits) {
        return new Aggregate(set(mean), count, count, Map.of(), bits);
    }
}
