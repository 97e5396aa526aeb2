package io.nsfl.federation.control;

import static io.nsfl.federation.Tensors.of;
import static io.nsfl.federation.Tensors.set;
import static io.nsfl.federation.Tensors.spec;
import static io.nsfl.federation.Tensors.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nsfl.federation.Vectors;
import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ControlVariatesTest {
    private static final TensorSpec W = spec("w", DType.F64, TensorKind.TRAINABLE, 2);
    private static final List<TensorSpec> MODEL = List.of(W);

    private final Vectors vectors = new Vectors("scaffold");

    /** The whole round of the published vectors: local steps, both options, and the server's two steps. */
    @ParameterizedTest
    @CsvSource({"1, 1.0", "2, 1.0", "2, 0.5"})
    void followsThePublishedRound(int option, double serverRate) {
        String key = "option" + option + ".eta" + serverRate;
        double[] x = vectors.numbers("x");
        TensorSet global = model(vectors.numbers("c"));
        double[] meanMove = new double[2];
        double[] meanDelta = new double[2];
        double[] sampled = vectors.numbers("sampled");
        for (double which : sampled) {
            int client = (int) which;
            TensorSet own = model(vectors.numbers("c." + client));
            double[] y = train(client, x, own, global);
            assertThat(y).containsExactly(vectors.numbers(key + ".y." + client), within(1e-15));

            TensorSet delta = allocate(ControlVariates.deltaSpecs(MODEL));
            if (option == 1) {
                ControlVariates.byGradient(MODEL, model(gradient(client, x)), Optional.of(own), delta);
            } else {
                double stepLength = vectors.numbers("steps")[0] * vectors.numbers("learning_rate")[0];
                ControlVariates.byPath(MODEL, model(x), model(y), stepLength, Optional.of(global), delta);
            }
            TensorSet next = allocate(ControlVariates.specs(MODEL));
            ControlVariates.renew(MODEL, Optional.of(own), delta, next);

            double[] deltaC = values(delta.get(ControlVariates.PREFIX + "w"));
            assertThat(deltaC).containsExactly(vectors.numbers(key + ".delta_c." + client), within(1e-12));
            assertThat(values(next.get("w")))
                    .containsExactly(vectors.numbers(key + ".c_plus." + client), within(1e-12));
            for (int i = 0; i < 2; i++) {
                meanMove[i] += (y[i] - x[i]) / sampled.length;
                meanDelta[i] += deltaC[i] / sampled.length;
            }
        }
        TensorSet nextGlobal = allocate(ControlVariates.specs(MODEL));
        TensorSpec deltaSpec = ControlVariates.deltaSpecs(MODEL).getFirst();
        double share = sampled.length / vectors.numbers("population")[0];
        ControlVariates.advance(MODEL, global, set(of(deltaSpec, meanDelta)), 1, share, nextGlobal);

        assertThat(values(nextGlobal.get("w"))).containsExactly(vectors.numbers(key + ".c_new"), within(1e-12));
        double[] newX = {x[0] + serverRate * meanMove[0], x[1] + serverRate * meanMove[1]};
        assertThat(newX).containsExactly(vectors.numbers(key + ".x_new"), within(1e-15));
    }

    /** Trap: forgetting |S|/N, or weighting by samples, breaks it. */
    @Property(tries = 50)
    void theServersStaysTheMeanOfAllClients(@ForAll long seed, @ForAll @IntRange(min = 2, max = 9) int population) {
        Random random = new Random(seed);
        List<TensorSet> clients = new ArrayList<>();
        for (int i = 0; i < population; i++) {
            clients.add(model(0, 0));
        }
        TensorSet global = model(0, 0);
        for (int round = 0; round < 5; round++) {
            int chosen = 1 + random.nextInt(population);
            List<TensorSet> deltas = new ArrayList<>();
            for (int i = 0; i < chosen; i++) {
                int client = (i + round) % population;
                TensorSet delta = allocate(ControlVariates.deltaSpecs(MODEL));
                double[] trained = {random.nextGaussian(), random.nextGaussian()};
                ControlVariates.byPath(
                        MODEL, model(0.3, -0.2), model(trained), 0.1 * (1 + i), Optional.of(global), delta);
                TensorSet next = allocate(ControlVariates.specs(MODEL));
                ControlVariates.renew(MODEL, Optional.of(clients.get(client)), delta, next);
                clients.set(client, next);
                deltas.add(delta);
            }
            TensorSet next = allocate(ControlVariates.specs(MODEL));
            ControlVariates.advance(MODEL, global, mean(deltas), 1, chosen / (double) population, next);
            global = next;
        }
        double[] mean = new double[2];
        for (TensorSet client : clients) {
            mean[0] += values(client.get("w"))[0] / population;
            mean[1] += values(client.get("w"))[1] / population;
        }
        assertThat(values(global.get("w"))).containsExactly(mean, within(1e-9));
    }

    @Test
    void withoutAnythingAnywhereItCorrectsNothing() {
        TensorSet out = model(7, 7);

        ControlVariates.correction(MODEL, Optional.empty(), Optional.empty(), out);

        assertThat(values(out.get("w"))).containsExactly(0, 0);
    }

    @Test
    void correctsByTheServersMinusTheClients() {
        TensorSet out = model(0, 0);

        ControlVariates.correction(MODEL, Optional.of(model(3, 1)), Optional.of(model(1, 4)), out);

        assertThat(values(out.get("w"))).containsExactly(2, -3);
    }

    /** Trap: buffers of batch normalisation are measured and not learned. */
    @Test
    void onlyTrainableTensorsHaveThem() {
        List<TensorSpec> model = List.of(
                spec("kernel", DType.BF16, TensorKind.TRAINABLE, 2),
                spec("running_mean", DType.F32, TensorKind.STATISTIC, 2),
                spec("num_batches", DType.I64, TensorKind.INTEGER),
                spec("head", DType.F32, TensorKind.LOCAL, 2));

        assertThat(ControlVariates.specs(model)).containsExactly(spec("kernel", DType.F32, TensorKind.TRAINABLE, 2));
        assertThat(ControlVariates.deltaSpecs(model))
                .containsExactly(spec("nsfl:delta_c/kernel", DType.F32, TensorKind.STATISTIC, 2));
    }

    @Test
    void aClientThatTookNoStepKeepsWhatItHas() {
        TensorSet delta = allocate(ControlVariates.deltaSpecs(MODEL));

        ControlVariates.byPath(MODEL, model(1, 1), model(1, 1), 0, Optional.of(model(5, 5)), delta);

        assertThat(values(delta.get(ControlVariates.PREFIX + "w"))).containsExactly(0, 0);
    }

    @Test
    void refusesWhatIsNoLengthAndNoShare() {
        TensorSet delta = allocate(ControlVariates.deltaSpecs(MODEL));
        assertThatThrownBy(() ->
                        ControlVariates.byPath(MODEL, model(1, 1), model(1, 1), Double.NaN, Optional.empty(), delta))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ControlVariates.advance(MODEL, model(0, 0), delta, 1, 1.5, model(0, 0)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private double[] train(int client, double[] x, TensorSet own, TensorSet global) {
        TensorSet correction = allocate(ControlVariates.specs(MODEL));
        ControlVariates.correction(MODEL, Optional.of(global), Optional.of(own), correction);
        double[] towards = values(correction.get("w"));
        double rate = vectors.numbers("learning_rate")[0];
        double[] y = x.clone();
        for (int step = 0; step < vectors.numbers("steps")[0]; step++) {
            double[] g = gradient(client, y);
            for (int i = 0; i < y.length; i++) {
                y[i] -= rate * (g[i] + towards[i]);
            }
        }
        return y;
    }

    private double[] gradient(int client, double[] y) {
        double[] a = vectors.numbers("a." + client);
        double[] b = vectors.numbers("b." + client);
        return new double[] {a[0] * (y[0] - b[0]), a[1] * (y[1] - b[1])};
    }

    private static TensorSet mean(List<TensorSet> deltas) {
        double[] mean = new double[2];
        for (TensorSet delta : deltas) {
            double[] of = values(delta.get(ControlVariates.PREFIX + "w"));
            mean[0] += of[0] / deltas.size();
            mean[1] += of[1] / deltas.size();
        }
        return set(of(ControlVariates.deltaSpecs(MODEL).getFirst(), mean));
    }

    private static TensorSet model(double... values) {
        return set(of(W, values));
    }

    private static TensorSet allocate(List<TensorSpec> specs) {
        return TensorSet.allocate(Arena.ofAuto(), specs);
    }
}
