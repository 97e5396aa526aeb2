package io.nsfl.modelformats;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.modelformats.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The frameworks make models, Java reads and changes them, the frameworks load what Java wrote and compare. */
class PythonFrameworksIT {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"keras2", "keras3"})
    void agreesWithKerasOnWhatItReadsAndWrites(String keras) throws IOException, InterruptedException {
        Python python = new Python("tensorflow", "keras_models.py");
        python.run(directory.resolve("make.log"), "make", keras, directory.toString());
        rewriteAll(".h5", Values::numbered);
        python.run(directory.resolve("check.log"), "check", keras, directory.toString());
    }

    @Test
    void agreesWithPyTorchOnWhatItReadsAndWrites() throws IOException, InterruptedException {
        Python python = new Python("pytorch", "torch_models.py");
        python.run(directory.resolve("make.log"), "make", directory.toString());
        rewriteAll(".pth", Function.identity());
        python.run(directory.resolve("check.log"), "check", directory.toString());
    }

    private void rewriteAll(String suffix, Function<TensorSet, TensorSet> naming) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(directory)) {
            files = all.filter(file -> file.toString().endsWith(suffix)).toList();
        }
        assertThat(files).isNotEmpty();
        Path copies = Files.createDirectory(directory.resolve("copy"));
        for (Path file : files) {
            try (ModelFile model = ModelFiles.open(file)) {
                Values.assertSame(model.tensors(), Path.of(file + ".safetensors"), naming);
                TensorSet changed = Values.changed(model.tensors());
                Path copy = copies.resolve(file.getFileName());
                model.writeCopy(changed, copy);
                SafetensorsWriter.write(Path.of(copy + ".safetensors"), naming.apply(changed), Map.of());
            }
        }
    }
}
