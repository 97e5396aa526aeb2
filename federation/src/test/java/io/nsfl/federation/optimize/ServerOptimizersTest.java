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
import io.nsfl.federation.optimize.AdaptiveOptimizer.BiasCorrection;
import io.nsfl.federation.optimize.AdaptiveOptimizer.Options;
import io.nsfl.federation.state.ServerState;
import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class ServerOptimizersTest {
    private static final TensorSpec WEIGHTS = spec("w", DType.F64, TensorKind.TRAINABLE, 4);
    private static final TensorSpec RUNNING = spec("running_mean", DType.F32, TensorKind.STATISTIC, 1);
    private static final TensorSpec COUNTER = spec("num_batches", DType.I64, TensorKind.INTEGER, 1);
    private static final TensorSpec HEAD = spec("head", DType.F32, TensorKind.LOCAL, 2);

    private final Vectors vectors = new Vectors("server_optimizers");

    @TestFactory
    Stream<DynamicTest> equalThePublishedSteps() {
        return Stream.of(
                test("fedadam.v_init_zero", AdaptiveRule.ADAM, 0.9, 0, BiasCorrection.NONE),
                test("fedadam.v_init_tau2", AdaptiveRule.ADAM, 0.9, 1e-6, BiasCorrection.NONE),
                test("fedadam.bias_corrected_t", AdaptiveRule.ADAM, 0.9, 0, BiasCorrection.STANDARD),
                test("fedadam.flower_bias_t_plus_1", AdaptiveRule.ADAM, 0.9, 0, BiasCorrection.SHIFTED),
                test("fedyogi.v_init_zero", AdaptiveRule.YOGI, 0.9, 0, BiasCorrection.NONE),
                test("fedyogi.v_init_tau2", AdaptiveRule.YOGI, 0.9, 1e-6, BiasCorrection.NONE),
                test("fedadagrad.v_init_zero", AdaptiveRule.ADAGRAD, 0, 0, BiasCorrection.NONE),
                test("fedadagrad.v_init_tau2", AdaptiveRule.ADAGRAD, 0, 1e-6, BiasCorrection.NONE));
    }

    private DynamicTest test(String key, AdaptiveRule rule, double beta1, double initial, BiasCorrection bias) {
        return DynamicTest.dynamicTest(key, () -> {
            Run run = new Run(
                    new AdaptiveOptimizer(rule, 0.1, new Options(beta1, 0.99, 1e-3, initial, bias, false)), WEIGHTS);
            for (int round = 1; round <= 2; round++) {
                run.step(vectors.numbers("delta." + round));
                assertThat(values(run.model.get("w")))
                        .containsExactly(vectors.numbers(key + "." + round + ".x"), within(1e-12));
                assertThat(values(run.state.tensor("second_moment", "w")))
                        .containsExactly(vectors.numbers(key + "." + round + ".v"), within(1e-12));
                if (beta1 > 0) {
                    assertThat(values(run.state.tensor("first_moment", "w")))
                            .containsExactly(vectors.numbers(key + "." + round + ".m"), within(1e-12));
                }
            }
        });
    }

    @Test
    void momentumEqualsThePublishedSteps() {
        Run run = new Run(new ServerMomentum(1, 0.9), WEIGHTS);
        for (int round = 1; round <= 2; round++) {
            run.step(vectors.numbers("delta." + round));
            assertThat(values(run.model.get("w")))
                    .containsExactly(vectors.numbers("fedavgm." + round + ".x"), within(1e-12));
            assertThat(values(run.state.tensor("momentum", "w")))
                    .containsExactly(vectors.numbers("fedavgm." + round + ".v"), within(1e-12));
        }
    }

    @Test
    void withoutMomentumIsFederatedAveraging() {
        Run momentum = new Run(new ServerMomentum(0.5, 0), WEIGHTS);
        Run plain = new Run(new FederatedAveraging(0.5), WEIGHTS);
        for (int round = 1; round <= 2; round++) {
            momentum.step(vectors.numbers("delta." + round));
            plain.step(vectors.numbers("delta." + round));
        }
        assertThat(values(momentum.model.get("w"))).containsExactly(values(plain.model.get("w")));
    }

    @Test
    void tauMayLieInsideTheRoot() {
        Run run = new Run(
                new AdaptiveOptimizer(AdaptiveRule.ADAGRAD, 1, new Options(0, 0, 0.25, 0, BiasCorrection.NONE, true)),
                WEIGHTS);
        double before = run.model.get("w").at(0);
        run.step(0.75, 0, 0, 0);
        assertThat(run.model.get("w").at(0) - before).isCloseTo(0.75 / Math.sqrt(0.75 * 0.75 + 0.25), within(1e-12));
    }

    /** Its v is a sum, which began where it says and needs no correction: only m is corrected, which began at zero. */
    @Test
    void adagradHasNoBeta2ToCorrectFor() {
        Options options = new Options(0.9, 0.99, 1e-3, 0, BiasCorrection.STANDARD, false);
        Run run = new Run(new AdaptiveOptimizer(AdaptiveRule.ADAGRAD, 0.1, options), WEIGHTS);
        double before = run.model.get("w").at(0);
        run.step(0.5, 0, 0, 0);
        assertThat(run.model.get("w").at(0) - before).isCloseTo(0.1 * 0.5 / (0.5 + 1e-3), within(1e-12));
    }

    /** Server optimizers work on what is learned; statistics, counters and local tensors are treated as in federated averaging. */
    @TestFactory
    Stream<DynamicTest> leaveWhatIsNotLearnedAlone() {
        Options options = new Options(0.9, 0.99, 1e-3, 0, BiasCorrection.NONE, false);
        return Stream.of(
                        new ServerMomentum(0.1, 0.9),
                        new AdaptiveOptimizer(AdaptiveRule.ADAM, 0.1, options),
                        new AdaptiveOptimizer(AdaptiveRule.YOGI, 0.1, options))
                .map(optimizer -> DynamicTest.dynamicTest(optimizer.toString(), () -> {
                    TensorSet base = set(of(WEIGHTS, 1, 2, 3, 4), of(RUNNING, 2), of(COUNTER, 10), of(HEAD, 5, 6));
                    TensorSet out = TensorSet.allocate(Arena.ofAuto(), base.specs());
                    List<TensorSpec> kept = optimizer.stateTensors(base.specs());
                    ServerState state = new ServerState(TensorSet.allocate(Arena.ofAuto(), kept), Map.of());
                    optimizer.begin(base, state);

                    TensorSet change = set(of(WEIGHTS, 1, 1, 1, 1), of(RUNNING, 1), of(COUNTER, 40));
                    optimizer.step(base, new Aggregate(change, 1, 1, Map.of()), out, state);

                    assertThat(kept).allMatch(tensor -> tensor.name().endsWith("/w"));
                    assertThat(values(out.get("running_mean"))).containsExactly(3);
                    assertThat(values(out.get("num_batches"))).containsExactly(40);
                    assertThat(values(out.get("head"))).containsExactly(5, 6);
                }));
    }

    @Test
    void halfPrecisionModelsKeepTheirMomentsInSinglePrecision() {
        TensorSpec half = spec("w", DType.BF16, TensorKind.TRAINABLE, 4);

        assertThat(new ServerMomentum(1, 0.9).stateTensors(List.of(half)))
                .extracting(TensorSpec::dtype)
                .containsExactly(DType.F32);
    }

    @Test
    void refuseParametersThatMakeNoSense() {
        assertThatThrownBy(() -> new ServerMomentum(1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ServerMomentum(0, 0.9)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Options(0.9, 1, 1e-3, 0, BiasCorrection.NONE, false))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Options(0.9, 0.99, 0, 0, BiasCorrection.NONE, false))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Options(0.9, 0.99, 1e-3, -1, BiasCorrection.NONE, false))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private final class Run {
        private final ServerOptimizer optimizer;
        private final ServerState state;
        private TensorSet model;

        Run(ServerOptimizer optimizer, TensorSpec weights) {
            this.optimizer = optimizer;
            this.model = set(of(weights, vectors.numbers("x0")));
            this.state = new ServerState(
                    TensorSet.allocate(Arena.ofAuto(), optimizer.stateTensors(model.specs())), Map.of());
            optimizer.begin(model, state);
        }

        void step(double... delta) {
            TensorSet next = TensorSet.allocate(Arena.ofAuto(), model.specs());
            optimizer.step(model, new Aggregate(set(of(WEIGHTS, delta)), 1, 1, Map.of()), next, state);
            model = next;
        }
    }
}
