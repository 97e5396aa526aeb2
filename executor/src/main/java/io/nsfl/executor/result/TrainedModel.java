package io.nsfl.executor.result;

import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import io.nsfl.modelformats.ModelFile;
import io.nsfl.modelformats.ModelFiles;
import io.nsfl.modelformats.TensorMatch;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.Runtime;
import io.nsfl.sandbox.PlainFiles;
import java.nio.file.Path;
import java.util.List;

/** The model that a training script committed, matched with the job's tensors. */
public final class TrainedModel implements AutoCloseable {
    private final ModelFile file;
    private final TensorSet tensors;

    private TrainedModel(ModelFile file, TensorSet tensors) {
        this.file = file;
        this.tensors = tensors;
    }

    /**
     * @throws FaultException RESULT_MISSING when the script committed none, SHAPE when it is another model than the job's,
     *     MODEL_UNREADABLE or MODEL_HOSTILE for a file that is none
     */
    public static TrainedModel open(Path workspace, Runtime runtime, List<TensorSpec> expected) {
        Path path = PlainFiles.find(workspace, fileName(runtime))
                .orElseThrow(() -> new FaultException(
                        Fault.RESULT_MISSING,
                        "The script ended well but left no " + fileName(runtime) + ": call commit_weights(model)"
                                + " (Java: Nsfl.commitWeights) at the end of the training script."));
        ModelFile file = ModelFiles.open(path);
        try {
            return new TrainedModel(file, TensorMatch.align(file.tensors(), expected, file.format()));
        } catch (RuntimeException refused) {
            file.close();
            throw refused;
        }
    }

    /** What the SDK calls the file. */
    public static String fileName(Runtime runtime) {
        return switch (runtime) {
            case TENSORFLOW -> "trained_model.h5";
            case PYTORCH -> "trained_weights.pth";
            case DL4J -> "trained_model.zip";
        };
    }

    /** Under the job's names, kinds and order; gone after {@link #close}. */
    public TensorSet tensors() {
        return tensors;
    }

    @Override
    public void close() {
        file.close();
    }
}
