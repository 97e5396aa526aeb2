package io.nsfl.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

class FederatedOptimizerTest {
    private static final double RATE = 0.1;

    @TempDir
    Path directory;

    /** The published vectors: f(y) = a/2 (y - b)^2 in each of two numbers, here one linear unit each on the input sqrt(a). */
    @Test
    void scaffoldTakesThePublishedSteps() {
        double[][] path = {{0.5549999999999999, -0.395}, {0.6044999999999999, -0.311}, {0.6490499999999999, -0.2438}};
        for (int coordinate = 0; coordinate < 2; coordinate++) {
            double a = coordinate + 1.0;
            double b = coordinate == 0 ? 1.0 : 0.0;
            MultiLayerNetwork model = scalar(coordinate == 0 ? 0.5 : -0.5);
            // c - c_i of client 0: (0.05, -0.05) - (0.1, 0).
            FederatedOptimizer optimizer =
                    FederatedOptimizer.scaffold(model, Nd4j.createFromArray(new double[] {-0.05}), 2, 0);

            for (double[] expected : path) {
                model.fit(square(a, b));
                assertThat(model.params().getDouble(0)).isEqualTo(expected[coordinate], within(1e-12));
            }
            assertThat(optimizer.localSteps()).isEqualTo(3);
            assertThat(optimizer.stepLength()).isEqualTo(3 * RATE);
        }
    }

    @Test
    void fedproxTakesThePublishedSteps() {
        double[][] path = {{0.55, -0.4}, {0.5925, -0.325}, {0.628625, -0.26875}};
        for (int coordinate = 0; coordinate < 2; coordinate++) {
            double a = coordinate + 1.0;
            double b = coordinate == 0 ? 1.0 : 0.0;
            MultiLayerNetwork model = scalar(coordinate == 0 ? 0.5 : -0.5);
            FederatedOptimizer.fedProx(model, 0.5, 0);

            for (double[] expected : path) {
                model.fit(square(a, b));
                assertThat(model.params().getDouble(0)).isEqualTo(expected[coordinate], within(1e-12));
            }
        }
    }

    @Test
    void withoutMuAndWithoutControlVariatesItIsPlainSgdBitForBit() {
        MultiLayerNetwork plain = network(new Sgd(RATE));
        MultiLayerNetwork prox = plain.clone();
        MultiLayerNetwork scaffold = plain.clone();
        FederatedOptimizer.fedProx(prox, 0, 0);
        FederatedOptimizer.scaffold(scaffold, Nd4j.zeros(plain.params().shape()), 2, 0);

        for (int i = 0; i < 10; i++) {
            DataSet batch = batch(i, 8);
            plain.fit(batch);
            prox.fit(batch);
            scaffold.fit(batch);
        }

        assertThat(prox.params()).isEqualTo(plain.params());
        assertThat(scaffold.params()).isEqualTo(plain.params());
    }

    /** v <- 0.9 v + y - 1 + c - c_i + mu (y - 0.5), y <- y - 0.1 v, by hand; with and without each. */
    @Test
    void momentumCarriesStepsOn() {
        for (double[] given : new double[][] {{0, 0.3}, {0.5, 0}}) {
            double mu = given[0];
            double correction = given[1];
            MultiLayerNetwork model = scalar(0.5);
            FederatedOptimizer optimizer = mu > 0
                    ? FederatedOptimizer.fedProx(model, mu, 0.9)
                    : FederatedOptimizer.scaffold(model, Nd4j.createFromArray(new double[] {correction}), 2, 0.9);
            double y = 0.5;
            double v = 0;
            double length = 0;
            double reach = 0;
            for (int step = 0; step < 5; step++) {
                model.fit(square(1, 1));
                v = 0.9 * v + (y - 1) + correction + mu * (y - 0.5);
                y -= RATE * v;
                reach = 0.9 * reach + 1;
                length += RATE * reach;
                assertThat(model.params().getDouble(0)).isEqualTo(y, within(1e-12));
            }
            assertThat(optimizer.stepLength()).isEqualTo(length, within(1e-12));
        }
        assertThatThrownBy(() -> FederatedOptimizer.fedProx(scalar(0), 0, 1))
                .isInstanceOf(TaskException.class)
                .hasMessageContaining("momentum must be from 0 to below 1");
    }

    @Test
    void momentumLeavesRunningStatisticsAlone() {
        MultiLayerNetwork plain = network(new Sgd(RATE));
        MultiLayerNetwork carried = plain.clone();
        FederatedOptimizer.fedProx(carried, 0, 0.9);
        DataSet batch = batch(1, 8);
        for (MultiLayerNetwork network : List.of(plain, carried)) {
            network.fit(batch);
        }
        // The first step has no momentum: what differs after the second is the weights only, and what the layers before
        // saw.
        assertThat(carried.params()).isEqualTo(plain.params());
        plain.setParams(carried.params());
        plain.fit(batch);
        carried.fit(batch);
        assertThat(carried.getParam("1_mean")).isEqualTo(plain.getParam("1_mean"));
        assertThat(carried.getParam("0_W")).isNotEqualTo(plain.getParam("0_W"));
    }

    @Test
    void runningStatisticsAreNotPulled() {
        MultiLayerNetwork plain = network(new Sgd(RATE));
        MultiLayerNetwork prox = plain.clone();
        FederatedOptimizer.fedProx(prox, 5, 0);
        INDArray before = plain.getParam("1_mean").dup();

        DataSet batch = batch(1, 8);
        plain.fit(batch);
        prox.fit(batch);

        assertThat(prox.getParam("1_mean")).isEqualTo(plain.getParam("1_mean")).isNotEqualTo(before);
    }

    @Test
    void countsRealStepsOfAnIterator() {
        MultiLayerNetwork model = network(new Sgd(RATE));
        FederatedOptimizer optimizer = FederatedOptimizer.fedProx(model, 0.1, 0);

        model.fit(new ListDataSetIterator<>(batch(1, 7).asList(), 3), 2);

        assertThat(optimizer.localSteps()).isEqualTo(6);
    }

    /** One step over all data at once walks by the very gradient. */
    @Test
    void optionOneKeepsTheGradientAtTheRoundsModel() throws Exception {
        MultiLayerNetwork model = scalar(0.5);
        FederatedOptimizer optimizer = FederatedOptimizer.scaffold(model, Nd4j.zeros(DataType.DOUBLE, 1, 1), 1, 0);
        TaskWorkspace workspace = new TaskWorkspace(directory, true);
        assertThatThrownBy(() -> optimizer.report(workspace)).hasMessageContaining("keepGradient");

        List<DataSet> data = List.of(square(1, 1), square(1, 3), square(1, -1));
        optimizer.keepGradient(new ListDataSetIterator<>(data, 2));
        model.fit(square(1, 1));
        optimizer.report(workspace);

        INDArray gradient = ModelSerializer.restoreMultiLayerNetwork(
                        directory.resolve("control_gradient.zip").toFile())
                .params();
        // (y - b) at y = 0.5, mean over b = 1, 3, -1.
        assertThat(gradient.getDouble(0)).isEqualTo(-0.5, within(1e-9));
        assertThat(model.params().getDouble(0)).isEqualTo(0.5 + RATE * 0.5, within(1e-12));
        assertThat(Files.readString(directory.resolve("control.json")))
                .contains("\"by_gradient\":true")
                .contains("\"step_length\":0.1");
        assertThatThrownBy(() -> optimizer.keepGradient(new ListDataSetIterator<>(data, 2)))
                .isInstanceOf(TaskException.class)
                .hasMessageContaining("before the first step");
    }

    @Test
    void refusesWhatBendsThePath() {
        for (IUpdater updater : List.of(
                new Adam(RATE),
                new Nesterovs(RATE, 0.9),
                new Sgd(new ExponentialSchedule(ScheduleType.ITERATION, RATE, 0.9)))) {
            MultiLayerNetwork model = network(updater);
            assertThatThrownBy(() -> FederatedOptimizer.scaffold(
                            model, Nd4j.zeros(model.params().shape()), 2, 0))
                    .isInstanceOf(TaskException.class)
                    .hasMessageContaining("plain SGD");
        }
        MultiLayerNetwork model = network(new Sgd(RATE));
        assertThatThrownBy(() -> FederatedOptimizer.scaffold(model, Nd4j.zeros(1, 3), 2, 0))
                .hasMessageContaining("architecture");
    }

    @Test
    void noticesThatItWasReplaced() {
        MultiLayerNetwork model = network(new Sgd(RATE));
        FederatedOptimizer optimizer = FederatedOptimizer.fedProx(model, 0.1, 0);
        model.setListeners(List.of());

        assertThatThrownBy(() -> optimizer.report(new TaskWorkspace(directory, true)))
                .isInstanceOf(TaskException.class)
                .hasMessageContaining("addListeners");
    }

    @Test
    void readsWhatTheJobSays() {
        JobOptimizer job = new JobOptimizer("fedprox", JobOptimizer.parse("mu::0.5,learning_rate::0.25"));
        assertThat(job.with(Map.of("mu", 0.125)).parameters())
                .containsEntry("mu", "0.125")
                .containsEntry("learning_rate", "0.25");

        MultiLayerNetwork model = network(new Sgd(RATE));
        assertThat(job.create(model, new TaskWorkspace(directory, true))).isPresent();
        assertThat(model.getLearningRate(0)).isEqualTo(0.25);
        assertThat(new JobOptimizer("", Map.of()).create(model, new TaskWorkspace(directory, true)))
                .isEmpty();
        assertThatThrownBy(() -> new JobOptimizer("lion", Map.of()).create(model, new TaskWorkspace(directory, true)))
                .hasMessageContaining("lion");
    }

    /** A network that is one number. */
    private static MultiLayerNetwork scalar(double value) {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .updater(new Sgd(RATE))
                .list()
                .layer(new OutputLayer.Builder(LossFunction.MSE)
                        .nIn(1)
                        .nOut(1)
                        .hasBias(false)
                        .activation(Activation.IDENTITY)
                        .build())
                .build());
        network.init();
        network.setParams(Nd4j.createFromArray(new double[][] {{value}}));
        return network;
    }

    /** Data on which DL4J's squared error (its gradient is 2 (y x - label) x) has the gradient a (y - b). */
    private static DataSet square(double a, double b) {
        double x = Math.sqrt(a / 2);
        return new DataSet(Nd4j.createFromArray(new double[][] {{x}}), Nd4j.createFromArray(new double[][] {{b * x}}));
    }

    private static MultiLayerNetwork network(IUpdater updater) {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(7)
                .updater(updater)
                .list()
                .layer(new DenseLayer.Builder().nIn(3).nOut(4).build())
                .layer(new BatchNormalization.Builder().nIn(4).nOut(4).build())
                .layer(new OutputLayer.Builder()
                        .nIn(4)
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
        network.init();
        return network;
    }

    private static DataSet batch(int seed, int samples) {
        Nd4j.getRandom().setSeed(seed);
        INDArray features = Nd4j.rand(DataType.FLOAT, samples, 3);
        INDArray labels = Nd4j.zeros(samples, 2);
        for (int i = 0; i < samples; i++) {
            labels.putScalar(i, i % 2, 1);
        }
        return new DataSet(features, labels);
    }
}
