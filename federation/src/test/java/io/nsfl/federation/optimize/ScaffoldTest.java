package io.nsfl.federation.optimize;

import static io.nsfl.federation.Tensors.of;
import static io.nsfl.federation.Tensors.set;
import static io.nsfl.federation.Tensors.spec;
import static io.nsfl.federation.Tensors.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nsfl.federation.Vectors;
import io.nsfl.federation.aggregate.Aggregate;
import io.nsfl.federation.aggregate.Contribution;
import io.nsfl.federation.aggregate.ExactFold;
import io.nsfl.federation.aggregate.FoldOutcome;
import io.nsfl.federation.aggregate.FoldPlan;
import io.nsfl.federation.aggregate.RangeEstimate;
import io.nsfl.federation.control.ControlVariates;
import io.nsfl.federation.state.ServerState;
import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScaffoldTest {
    private static final TensorSpec W = spec("w", DType.F64, TensorKind.TRAINABLE, 2);
    private static final TensorSpec DELTA =
            ControlVariates.deltaSpecs(List.of(W)).getFirst();
    private static final TensorSpec C = spec("control_variate/w", DType.F64, TensorKind.TRAINABLE, 2);

    private final Vectors vectors = new Vectors("scaffold");

    /** Traps: |S|/N, and means that are plain whatever the clients' samples. */
    @ParameterizedTest
    @CsvSource({"1, 1.0", "2, 1.0", "2, 0.5"})
    void makesThePublishedStep(int option, double serverRate) {
        String key = "option" + option + ".eta" + serverRate;
        FoldPlan plan = FoldPlan.forRound(List.of(W), new RangeEstimate(Map.of("w", 1.0)), 4, 1)
                .with(List.of(DELTA), new RangeEstimate(Map.of(DELTA.name(), 1.0)));
        ServerState state = state(vectors.numbers("c"));
        TensorSet out = set(of(W, 0, 0));
        try (ExactFold fold = new ExactFold(plan)) {
            for (double client : vectors.numbers("sampled")) {
                String id = "." + (int) client;
                TensorSet update = set(
                        of(W, vectors.numbers(key + ".delta_y" + id)),
                        of(DELTA, vectors.numbers(key + ".delta_c" + id)));
                assertThat(fold.fold(update, new Contribution("c" + id, 1, Map.of())))
                        .isEqualTo(new FoldOutcome.Folded());
            }
            TensorSet mean = TensorSet.allocate(Arena.ofAuto(), plan.aggregateSpecs());
            fold.mean(mean);
            new Scaffold(serverRate, OptionalInt.of((int) vectors.numbers("population")[0]))
                    .step(
                            set(of(W, vectors.numbers("x"))),
                            new Aggregate(mean, fold.count(), fold.weight(), Map.of()),
                            out,
                            state);
        }

        assertThat(values(out.get("w"))).containsExactly(vectors.numbers(key + ".x_new"), within(1e-12));
        assertThat(values(state.tensors().get(C.name())))
                .containsExactly(vectors.numbers(key + ".c_new"), within(1e-12));
    }

    /** Without a given population the mean is that of the clients that have taken part: newcomers have zeros. */
    @Test
    void withoutAPopulationItIsTheMeanOfThoseThatTookPart() {
        Scaffold scaffold = new Scaffold(1, OptionalInt.empty());
        ServerState state = state(0, 0);

        step(scaffold, state, 2, 2, 3);
        assertThat(values(state.tensors().get(C.name()))).containsExactly(3, 3);

        // One of the two again: the sum of all c_i grows from 6 to 8.
        step(scaffold, state, 1, 2, 2);
        assertThat(values(state.tensors().get(C.name()))).containsExactly(4, 4);

        // Two newcomers, each with c_i = 4: the sum is 16, of four clients.
        step(scaffold, state, 2, 4, 4);
        assertThat(values(state.tensors().get(C.name()))).containsExactly(4, 4);
    }

    @Test
    void cannotStepWithoutKnowingHowManyClientsThereAre() {
        assertThatThrownBy(() -> new Scaffold(1, OptionalInt.empty())
                        .step(
                                set(of(W, 0, 0)),
                                new Aggregate(set(of(W, 0, 0), of(DELTA, 0, 0)), 2, 2, Map.of()),
                                set(of(W, 0, 0)),
                                state(0, 0)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static void step(Scaffold scaffold, ServerState state, int count, int participants, double meanDelta) {
        scaffold.step(
                set(of(W, 0, 0)),
                new Aggregate(
                        set(of(W, 0, 0), of(DELTA, meanDelta, meanDelta)),
                        count,
                        count,
                        Map.of(Scaffold.PARTICIPANTS, (double) participants)),
                set(of(W, 0, 0)),
                state);
    }

    private static ServerState state(double... c) {
        return new ServerState(set(of(C, c)), Map.of());
    }
}
