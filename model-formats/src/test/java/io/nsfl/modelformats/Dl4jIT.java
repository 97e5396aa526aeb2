package io.nsfl.modelformats;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.federation.tensor.TensorSet;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class Dl4jIT {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"layers", "graph", "recurrent", "embedding"})
    void agreesWithDl4jOnWhatItReadsAndWrites(String name) throws IOException {
        Model model = Dl4jModels.all().get(name);
        Path original = directory.resolve("original.zip");
        Path copy = directory.resolve("copy.zip");
        ModelSerializer.writeModel(model, original.toFile(), true);

        TensorSet changed;
        try (ModelFile file = ModelFiles.open(original)) {
            Values.assertSame(file.tensors(), Dl4jModels.parameters(model));
            changed = Values.changed(file.tensors());
            file.writeCopy(changed, copy);
        }

        Model loaded = load(copy.toFile(), name);
        Values.assertSame(Dl4jModels.parameters(loaded), changed);
        INDArray input = Dl4jModels.input(name);
        model.setParams(loaded.params().dup());
        assertThat(Dl4jModels.output(loaded, input)).isEqualTo(Dl4jModels.output(model, input));
    }

    private static Model load(File file, String name) throws IOException {
        return name.equals("graph")
                ? ModelSerializer.restoreComputationGraph(file, true)
                : ModelSerializer.restoreMultiLayerNetwork(file, true);
    }
}
