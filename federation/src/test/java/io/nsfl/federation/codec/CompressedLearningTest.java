package io.nsfl.federation.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.federation.Tensors;
import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import java.lang.foreign.Arena;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Least squares over four clients whose data differ: what is learned with encoded updates beside what is learned without. */
class CompressedLearningTest {
    private static final int CLIENTS = 4;
    private static final int ROUNDS = 120;
    private static final int FEATURES = 100;
    private static final int SAMPLES = 200;
    private static final double RATE = 0.02;
    private static final TensorSpec WEIGHTS = Tensors.spec("w", DType.F32, TensorKind.TRAINABLE, FEATURES);

    private final double[][][] data = new double[CLIENTS][SAMPLES][FEATURES];
    private final double[][] targets = new double[CLIENTS][SAMPLES];

    CompressedLearningTest() {
        Random random = new Random(5);
        double[] truth = random.doubles(FEATURES, -1, 1).toArray();
        for (int client = 0; client < CLIENTS; client++) {
            for (int sample = 0; sample < SAMPLES; sample++) {
                for (int i = 0; i < FEATURES; i++) {
                    // Each client sees another part of the features strongly.
                    data[client][sample][i] = random.nextGaussian() * (i % CLIENTS == client ? 1 : 0.5);
                    targets[client][sample] += truth[i] * data[client][sample][i];
                }
                targets[client][sample] += random.nextGaussian() * 0.1;
            }
        }
    }

    @Test
    void reachesWhatPlainUpdatesReach() {
        double plain = learn(UpdateCodec.NONE, false);

        assertThat(learn(UpdateCodec.fp16(), false)).isLessThan(plain * 1.001);
        assertThat(learn(UpdateCodec.bf16(), false)).isLessThan(plain * 1.01);
        assertThat(learn(UpdateCodec.int8(), false)).isLessThan(plain * 1.01);
        assertThat(learn(UpdateCodec.topK(0.2), true)).isLessThan(plain * 1.1);
    }

    @Test
    void needsTheErrorFeedbackOfTopK() {
        assertThat(learn(UpdateCodec.topK(0.05), true)).isLessThan(learn(UpdateCodec.topK(0.05), false) / 2);
    }

    /** @return mean squared error over all data after the last round */
    private double learn(UpdateCodec codec, boolean feedback) {
        double[] model = new double[FEATURES];
        TensorSet[] residuals = new TensorSet[CLIENTS];
        for (int client = 0; client < CLIENTS; client++) {
            residuals[client] = Tensors.set(Tensors.of(WEIGHTS));
        }
        for (int round = 0; round < ROUNDS; round++) {
            double[] mean = new double[FEATURES];
            for (int client = 0; client < CLIENTS; client++) {
                double[] sent = received(codec, feedback, update(model, client), residuals[client]);
                for (int i = 0; i < FEATURES; i++) {
                    mean[i] += sent[i] / CLIENTS;
                }
            }
            for (int i = 0; i < FEATURES; i++) {
                model[i] += mean[i];
            }
        }
        return error(model);
    }

    private static double[] received(UpdateCodec codec, boolean feedback, double[] update, TensorSet residual) {
        try (Arena arena = Arena.ofConfined()) {
            TensorSet tensors = Tensors.set(Tensors.of(WEIGHTS, update));
            if (feedback) {
                ErrorFeedback.add(residual, tensors);
            }
            TensorSet encoded = TensorSet.allocate(arena, codec.encoded(tensors.specs()));
            NamedTensor decoded = Tensors.of(WEIGHTS);
            codec.encode(tensors, encoded);
            codec.decode(encoded, Tensors.set(decoded));
            if (feedback) {
                ErrorFeedback.rest(tensors, Tensors.set(decoded), residual);
            }
            return Tensors.values(decoded);
        }
    }

    /** Three steps of gradient descent on a client's data. */
    private double[] update(double[] model, int client) {
        double[] weights = model.clone();
        for (int step = 0; step < 3; step++) {
            double[] gradient = new double[FEATURES];
            for (int sample = 0; sample < SAMPLES; sample++) {
                double off = predict(weights, data[client][sample]) - targets[client][sample];
                for (int i = 0; i < FEATURES; i++) {
                    gradient[i] += off * data[client][sample][i] / SAMPLES;
                }
            }
            for (int i = 0; i < FEATURES; i++) {
                weights[i] -= RATE * gradient[i];
            }
        }
        for (int i = 0; i < FEATURES; i++) {
            weights[i] -= model[i];
        }
        return weights;
    }

    private double error(double[] model) {
        double sum = 0;
        for (int client = 0; client < CLIENTS; client++) {
            for (int sample = 0; sample < SAMPLES; sample++) {
                double off = predict(model, data[client][sample]) - targets[client][sample];
                sum += off * off;
            }
        }
        return sum / (CLIENTS * SAMPLES);
    }

    private static double predict(double[] weights, double[] features) {
        double sum = 0;
        for (int i = 0; i < FEATURES; i++) {
            sum += weights[i] * features[i];
        }
        return sum;
    }
}
