package io.nsfl.executor.protect;

import io.nsfl.executor.state.TaskState;
import io.nsfl.federation.codec.ErrorFeedback;
import io.nsfl.federation.codec.UpdateCodec;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import io.nsfl.modelformats.ModelFormat;
import io.nsfl.modelformats.TensorMatch;
import io.nsfl.modelformats.safetensors.SafetensorsDraft;
import io.nsfl.modelformats.safetensors.SafetensorsFile;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.UpdateEncoding;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The last thing that is done to an update: fewer bytes for the wire. Everything that protects it was done before, so nothing that leaves
 * the client is less protected for being encoded.
 */
public final class EncodedUpdate {
    /** Name of the state that error feedback keeps. */
    static final String RESIDUAL = "residual";

    private EncodedUpdate() {}

    /**
     * The update as the task wants it encoded. What top-k leaves out is kept for the next round, if this round counts the update.
     *
     * @param specs the update's tensors, with their kinds
     * @throws FaultException REQUEST_INVALID an encoding that this client does not know, STORAGE_UNAVAILABLE
     */
    public static UpdateFile of(UpdateFile update, UpdateEncoding encoding, List<TensorSpec> specs, TaskState state) {
        UpdateCodec codec = codec(encoding);
        if (codec.plain()) {
            return update;
        }
        Path target = update.path().resolveSibling("encoded_weights.safetensors");
        try (SafetensorsFile plain = SafetensorsFile.open(update.path())) {
            TensorSet tensors = TensorMatch.align(plain.tensors(), specs, ModelFormat.SAFETENSORS);
            if (encoding.getKind() == UpdateEncoding.Kind.TOPK) {
                withFeedback(codec, tensors, target, state);
            } else {
                encode(codec, tensors, target);
            }
        }
        return UpdateFile.of(target);
    }

    private static void withFeedback(UpdateCodec codec, TensorSet update, Path target, TaskState state) {
        List<TensorSpec> lossy = codec.lossy(update.specs());
        Path scratch = target.resolveSibling("compensated_weights.safetensors");
        Path received = target.resolveSibling("received_weights.safetensors");
        try (SafetensorsDraft compensated = SafetensorsDraft.create(scratch, update.specs(), Map.of());
                SafetensorsDraft decoded = SafetensorsDraft.create(received, update.specs(), Map.of());
                SafetensorsDraft rest = SafetensorsDraft.create(state.next(RESIDUAL), lossy, Map.of())) {
            copy(update, compensated.tensors());
            state.kept(RESIDUAL).ifPresent(kept -> add(kept, lossy, compensated.tensors()));
            encode(codec, compensated.tensors(), target);
            decode(codec, target, decoded.tensors());
            ErrorFeedback.rest(compensated.tensors(), decoded.tensors(), rest.tensors());
            rest.commit();
        }
    }

    private static void add(Path kept, List<TensorSpec> lossy, TensorSet update) {
        try (SafetensorsFile residual = SafetensorsFile.open(kept)) {
            ErrorFeedback.add(TensorMatch.align(residual.tensors(), lossy, ModelFormat.SAFETENSORS), update);
        }
    }

    private static void encode(UpdateCodec codec, TensorSet update, Path target) {
        try (SafetensorsDraft draft = SafetensorsDraft.create(target, codec.encoded(update.specs()), Map.of())) {
            codec.encode(update, draft.tensors());
            draft.commit();
        }
    }

    private static void decode(UpdateCodec codec, Path encoded, TensorSet out) {
        try (SafetensorsFile file = SafetensorsFile.open(encoded)) {
            codec.decode(file.tensors(), out);
        }
    }

    private static void copy(TensorSet from, TensorSet to) {
        for (NamedTensor tensor : from.tensors()) {
            to.get(tensor.spec().name()).data().copyFrom(tensor.data());
        }
    }

    private static UpdateCodec codec(UpdateEncoding encoding) {
        return switch (encoding.getKind()) {
            case KIND_UNSPECIFIED -> UpdateCodec.NONE;
            case FP16 -> UpdateCodec.fp16();
            case BF16 -> UpdateCodec.bf16();
            case INT8 -> UpdateCodec.int8();
            case TOPK -> UpdateCodec.topK(fraction(encoding));
            case UNRECOGNIZED ->
                throw new FaultException(
                        Fault.REQUEST_INVALID,
                        "The task asks for an encoding that this client does not know; update it.");
        };
    }

    private static double fraction(UpdateEncoding encoding) {
        double fraction = encoding.getFraction();
        if (!(fraction > 0 && fraction <= 1)) {
            throw new FaultException(Fault.REQUEST_INVALID, "The task asks to send a fraction of " + fraction + ".");
        }
        return fraction;
    }
}
