package io.nsfl.federation.optimize;

import static io.nsfl.federation.Tensors.of;
import static io.nsfl.federation.Tensors.set;
import static io.nsfl.federation.Tensors.spec;
import static io.nsfl.federation.Tensors.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nsfl.federation.aggregate.Aggregate;
import io.nsfl.federation.state.ServerState;
import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FederatedAveragingTest {
    private static final TensorSpec WEIGHTS = spec("w", DType.F32, TensorKind.TRAINABLE, 2);
    private static final TensorSpec RUNNING = spec("m", DType.F32, TensorKind.STATISTIC, 1);
    private static final TensorSpec COUNTER = spec("n", DType.I64, TensorKind.INTEGER, 1);
    private static final TensorSpec HEAD = spec("head", DType.F32, TensorKind.LOCAL, 1);
    private final TensorSet base = set(of(WEIGHTS, 1, -4), of(RUNNING, 2), of(COUNTER, 10), of(HEAD, 5));
    private final Aggregate aggregate =
            new Aggregate(set(of(WEIGHTS, 0.5, 1), of(RUNNING, 1), of(COUNTER, 40)), 1, 1, Map.of());
    private final TensorSet out = TensorSet.allocate(Arena.ofAuto(), base.specs());

    @Test
    void addsTheMeanAndTakesCountersAndKeepsLocalTensors() {
        StepReport report = new FederatedAveraging(1).step(base, aggregate, out, ServerState.none());
        assertThat(values(out.get("w"))).containsExactly(1.5, -3);
        assertThat(values(out.get("m"))).containsExactly(3);
        assertThat(values(out.get("n"))).containsExactly(40);
        assertThat(values(out.get("head"))).containsExactly(5);
        assertThat(report.largestChange()).containsOnly(Map.entry("w", 1.0), Map.entry("m", 1.0));
        assertThat(report.finite()).isTrue();
    }

    @Test
    void appliesTheLearningRateToTrainableTensorsOnly() {
        new FederatedAveraging(0.5).step(base, aggregate, out, ServerState.none());
        assertThat(values(out.get("w"))).containsExactly(1.25, -3.5);
        assertThat(values(out.get("m"))).containsExactly(3);
    }

    @Test
    void expectsTheAggregatesRangeNextTime() {
        StepReport report = new FederatedAveraging(0.1).step(base, aggregate, out, ServerState.none());
        assertThat(report.nextRanges().largest()).containsEntry("w", 1.0);
    }

    @Test
    void tellsWhenTheModelLeftTheNumbers() {
        TensorSpec half = spec("w", DType.F16, TensorKind.TRAINABLE, 1);
        TensorSet target = TensorSet.allocate(Arena.ofAuto(), List.of(half));
        StepReport report = new FederatedAveraging(1)
                .step(
                        set(of(half, 60000)),
                        new Aggregate(set(of(half, 60000)), 1, 1, Map.of()),
                        target,
                        ServerState.none());
        assertThat(report.finite()).isFalse();
    }

    @Test
    void refusesALearningRateThatIsNone() {
        for (double rate : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> new FederatedAveraging(rate)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
