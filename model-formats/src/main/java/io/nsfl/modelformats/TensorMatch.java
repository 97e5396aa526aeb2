package io.nsfl.modelformats;

import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Brings the tensors that a script produced together with those of the job. */
public final class TensorMatch {
    private TensorMatch() {}

    /**
     * The produced values under the expected names, kinds and order. Keras names change from one process to the next, so Keras
     * tensors match by their place in {@code get_weights()}, others by name.
     *
     * @param format the format that the produced tensors were read from
     * @return tensors on the memory of {@code produced}
     * @throws FaultException SHAPE when tensors are missing or too many, or one has another shape or type
     */
    public static TensorSet align(TensorSet produced, List<TensorSpec> expected, ModelFormat format) {
        return format.matchesByPosition() ? byPosition(produced, expected) : byName(produced, expected);
    }

    private static TensorSet byPosition(TensorSet produced, List<TensorSpec> expected) {
        List<NamedTensor> given = produced.tensors();
        if (given.size() != expected.size()) {
            throw new FaultException(
                    Fault.SHAPE,
                    "The script's model has " + given.size() + " tensors, the job's has " + expected.size()
                            + "; build the same model as the job's.");
        }
        List<NamedTensor> aligned = new ArrayList<>(expected.size());
        for (int i = 0; i < expected.size(); i++) {
            aligned.add(as(
                    expected.get(i),
                    given.get(i),
                    "Tensor " + i + " (" + given.get(i).spec().name() + ")"));
        }
        return new TensorSet(aligned);
    }

    private static TensorSet byName(TensorSet produced, List<TensorSpec> expected) {
        Map<String, NamedTensor> given = new HashMap<>();
        produced.tensors().forEach(tensor -> given.put(tensor.spec().name(), tensor));
        List<NamedTensor> aligned = new ArrayList<>(expected.size());
        for (TensorSpec spec : expected) {
            NamedTensor tensor = given.remove(spec.name());
            if (tensor == null) {
                throw new FaultException(
                        Fault.SHAPE,
                        "The script's model has no tensor " + spec.name() + "; build the same model as the job's.");
            }
            aligned.add(as(spec, tensor, "Tensor " + spec.name()));
        }
        if (!given.isEmpty()) {
            throw new FaultException(
                    Fault.SHAPE,
                    "The script's model has " + given.size() + " tensors that the job's has not, for example "
                            + given.keySet().stream().sorted().findFirst().orElseThrow()
                            + "; build the same model as the job's.");
        }
        return new TensorSet(aligned);
    }

    private static NamedTensor as(TensorSpec expected, NamedTensor given, String subject) {
        TensorSpec spec = given.spec();
        if (!spec.shape().equals(expected.shape()) || spec.dtype() != expected.dtype()) {
            throw new FaultException(
                    Fault.SHAPE,
                    subject + " of the script's model is " + spec.dtype() + spec.shape() + ", the job's "
                            + expected.name() + " is " + expected.dtype() + expected.shape()
                            + "; build the same model as the job's.");
        }
        return new NamedTensor(expected, given.data());
    }
}
