package io.nsfl.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.learning.config.Adam;

class ModelWeightsTest {
    @TempDir
    Path directory;

    @Test
    void loadsWhatItSavedIntoAnotherModelInPlace() {
        MultiLayerNetwork trained = network(1, 4);
        MultiLayerNetwork fresh = network(2, 4);
        Path file = directory.resolve("trained_model.zip");

        ModelWeights.save(trained, file);
        ModelWeights.load(file, fresh);

        assertThat(fresh.params()).isEqualTo(trained.params());
        assertThat(directory).isDirectoryContaining("glob:**/trained_model.zip");
        assertThat(directory.toFile().list()).hasSize(1);
    }

    @Test
    void savesAGraphToo() {
        ComputationGraph graph = network(1, 4).toComputationGraph();
        ComputationGraph fresh = network(2, 4).toComputationGraph();
        Path file = directory.resolve("trained_model.zip");

        ModelWeights.save(graph, file);
        ModelWeights.load(file, fresh);

        assertThat(fresh.params()).isEqualTo(graph.params());
    }

    @Test
    void writesAFileThatDl4jItselfRestoresWithoutUpdaterState() throws Exception {
        MultiLayerNetwork trained = network(1, 4);
        Path file = directory.resolve("trained_model.zip");

        ModelWeights.save(trained, file);

        assertThat(ModelSerializer.restoreMultiLayerNetwork(file.toFile()).params())
                .isEqualTo(trained.params());
        try (var zip = new java.util.zip.ZipFile(file.toFile())) {
            assertThat(zip.getEntry(ModelSerializer.UPDATER_BIN)).isNull();
        }
    }

    @Test
    void refusesAnotherArchitecture() {
        Path file = directory.resolve("init_weights.zip");
        ModelWeights.save(network(1, 4), file);

        assertThatThrownBy(() -> ModelWeights.load(file, network(1, 5)))
                .isInstanceOf(TaskException.class)
                .hasMessageContaining("architecture");
    }

    @Test
    void namesTheMissingFile() {
        assertThatThrownBy(() -> ModelWeights.load(directory.resolve("init_weights.zip"), network(1, 4)))
                .isInstanceOf(TaskException.class)
                .hasMessageContaining("init_weights.zip");
        assertThat(Files.exists(directory)).isTrue();
    }

    private static MultiLayerNetwork network(long seed, int hidden) {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(seed)
                .updater(new Adam())
                .list()
                .layer(new DenseLayer.Builder().nIn(3).nOut(hidden).build())
                .layer(new BatchNormalization.Builder().nIn(hidden).nOut(hidden).build())
                .layer(new OutputLayer.Builder()
                        .nIn(hidden)
                        .nOut(2)
                        .activation(org.nd4j.linalg.activations.Activation.SOFTMAX)
                        .build())
                .build());
        network.init();
        return network;
    }
}
