package io.nsfl.executor.protect;

import io.nsfl.federation.protect.ClientProtection;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import io.nsfl.federation.update.Delta;
import io.nsfl.modelformats.ModelFormat;
import io.nsfl.modelformats.TensorMatch;
import io.nsfl.modelformats.safetensors.SafetensorsDraft;
import io.nsfl.modelformats.safetensors.SafetensorsFile;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A client's update as a file, ready to be delivered.
 *
 * @param path {@code delta_weights.safetensors} in the task's workspace
 * @param sha256 of its bytes
 */
public record UpdateFile(Path path, byte[] sha256) {
    /** Of an update in a task's workspace. */
    public static final String NAME = "delta_weights.safetensors";

    /**
     * Writes the change between the round's weights and the trained ones, protected. Computed in the mapped file: needs no memory of
     * the model's size.
     *
     * @param model the job's tensors; local ones are left out
     * @param companion what else the algorithm sends; empty = nothing
     * @throws FaultException NON_FINITE when training diverged, STORAGE_UNAVAILABLE when the file cannot be written
     */
    public static UpdateFile write(
            Path workspace,
            Path baseWeights,
            List<TensorSpec> model,
            TensorSet trained,
            Optional<? extends Companion> companion,
            ClientProtection protection) {
        Path path = workspace.resolve(NAME);
        try (SafetensorsFile base = SafetensorsFile.open(baseWeights);
                SafetensorsDraft draft = SafetensorsDraft.create(path, specs(model, companion), Map.of())) {
            TensorSet before = TensorMatch.align(base.tensors(), model, ModelFormat.SAFETENSORS);
            Delta.write(before, trained, draft.tensors());
            companion.ifPresent(beside -> beside.write(before, trained, draft.tensors()));
            requireFinite(draft.tensors());
            protection.protect(draft.tensors());
            draft.commit();
        }
        return of(path);
    }

    /** A file that is written. @throws FaultException STORAGE_UNAVAILABLE when it cannot be read */
    public static UpdateFile of(Path path) {
        return new UpdateFile(path, digest(path));
    }

    /** The tensors of an update, in order. */
    public static List<TensorSpec> specs(List<TensorSpec> model, Optional<? extends Companion> companion) {
        List<TensorSpec> specs = new ArrayList<>(Delta.specs(model));
        companion.ifPresent(beside -> specs.addAll(beside.specs()));
        return specs;
    }

    private static void requireFinite(TensorSet update) {
        for (NamedTensor tensor : update.tensors()) {
            if (!tensor.finite()) {
                throw new FaultException(
                        Fault.NON_FINITE,
                        "After training, tensor " + tensor.spec().name()
                                + " holds values that are not finite (NaN or infinity): training diverged; lower the learning"
                                + " rate or look at the data.");
            }
        }
    }

    private static byte[] digest(Path path) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            try (InputStream in = new DigestInputStream(Files.newInputStream(path), digest)) {
                byte[] buffer = new byte[1 << 20];
                while (in.read(buffer) >= 0) {
                    // The stream digests what passes.
                }
            }
            return digest.digest();
        } catch (IOException e) {
            throw new FaultException(Fault.STORAGE_UNAVAILABLE, "The update cannot be read back: " + e.getMessage(), e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
