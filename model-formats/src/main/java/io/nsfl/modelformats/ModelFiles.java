package io.nsfl.modelformats;

import io.nsfl.modelformats.file.MappedFile;
import io.nsfl.modelformats.safetensors.SafetensorsModel;
import io.nsfl.protocol.fault.FaultException;
import java.nio.file.Path;

/** Opens model files of every format. */
public final class ModelFiles {
    private ModelFiles() {}

    /** Opens a file within {@link ModelLimits#defaults}. */
    public static ModelFile open(Path file) {
        return open(file, ModelLimits.defaults());
    }

    /**
     * Opens a file by what it holds; its name does not matter. Nothing in the file is executed.
     *
     * @throws FaultException MODEL_NOT_FOUND when there is no such file, MODEL_UNREADABLE when it is none of the formats, damaged
     *     or beyond the limits, MODEL_HOSTILE when it wants code to run, for example a Keras Lambda layer or a pickle that names a
     *     function
     */
    public static ModelFile open(Path file, ModelLimits limits) {
        MappedFile mapped = MappedFile.open(file, limits.fileBytes());
        return SafetensorsModel.open(mapped, limits);
    }
}
