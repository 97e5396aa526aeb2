package io.nsfl.sdk;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Weights between a DL4J model in memory and its zip. */
final class ModelWeights {
    private ModelWeights() {}

    /** Only the coefficients are read: the architecture is the script's own, and a restored copy of the model would cost twice. */
    static void load(Path file, Model model) {
        INDArray weights = coefficients(file);
        if (weights.length() != model.numParams()) {
            throw new TaskException("Cannot load the weights: the job's model has " + weights.length()
                    + " parameters and the script's has " + model.numParams()
                    + "; both must have the same architecture");
        }
        model.setParams(weights);
    }

    /** The updater's state stays behind: it belongs to this client's own training. */
    static void save(Model model, Path file) {
        Path partial = file.resolveSibling(file.getFileName() + ".part");
        try {
            ModelSerializer.writeModel(model, partial.toFile(), false);
            Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new TaskException("Cannot write " + file + ": " + e.getMessage(), e);
        }
    }

    /** The flat parameters of a model file, in the order of {@code params()}. */
    static INDArray coefficients(Path file) {
        if (!Files.exists(file)) {
            throw new TaskException("The task has no " + file.getFileName() + ": is the job's runtime dl4j?");
        }
        try (ZipFile zip = new ZipFile(file.toFile())) {
            ZipEntry entry = zip.getEntry(ModelSerializer.COEFFICIENTS_BIN);
            if (entry == null) {
                throw new TaskException(file + " holds no " + ModelSerializer.COEFFICIENTS_BIN);
            }
            try (DataInputStream in =
                    new DataInputStream(new BufferedInputStream(zip.getInputStream(entry), 1 << 16))) {
                return Nd4j.read(in);
            }
        } catch (IOException e) {
            throw new TaskException("Cannot read " + file + ": " + e.getMessage(), e);
        }
    }
}
