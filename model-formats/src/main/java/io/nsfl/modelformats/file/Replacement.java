package io.nsfl.modelformats.file;

import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntToLongFunction;

/** Puts other values in the place of a template's. */
public final class Replacement {
    private Replacement() {}

    /** Copies a file to {@code target} with the values of tensor i at {@code offset(i)} replaced. */
    public static void write(
            MappedFile template, TensorSet tensors, TensorSet values, IntToLongFunction offset, Path target) {
        List<NamedTensor> ordered = inOrder(tensors, values);
        try (TargetFile file = TargetFile.create(target)) {
            file.append(template.bytes());
            for (int i = 0; i < ordered.size(); i++) {
                file.put(offset.applyAsLong(i), ordered.get(i).data());
            }
            file.commit();
        }
    }

    /** Copies a file to {@code target} and lets {@code change} write to the copy, mapped, before it appears there. */
    public static void edit(MappedFile template, Path target, Consumer<MemorySegment> change) {
        try (TargetFile file = TargetFile.create(target)) {
            file.append(template.bytes());
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment copy = file.channel().map(MapMode.READ_WRITE, 0, template.size(), arena);
                change.accept(copy);
                copy.force();
            } catch (IOException failed) {
                throw TargetFile.unwritable(target, failed);
            }
            file.commit();
        }
    }

    /**
     * The values in the order of the template's tensors.
     *
     * @throws FaultException SHAPE unless names, types and shapes are those of the template
     */
    public static List<NamedTensor> inOrder(TensorSet tensors, TensorSet values) {
        if (tensors.tensors().size() != values.tensors().size()) {
            throw new FaultException(
                    Fault.SHAPE,
                    "The model has " + tensors.tensors().size() + " tensors; "
                            + values.tensors().size() + " were given for it.");
        }
        List<NamedTensor> ordered = new ArrayList<>();
        for (TensorSpec spec : tensors.specs()) {
            NamedTensor value = values.find(spec.name())
                    .orElseThrow(() -> new FaultException(
                            Fault.SHAPE, "No values were given for tensor " + spec.name() + " of the model."));
            if (value.spec().dtype() != spec.dtype() || !value.spec().shape().equals(spec.shape())) {
                throw new FaultException(
                        Fault.SHAPE,
                        "Tensor " + spec.name() + " of the model is " + spec.dtype() + spec.shape() + "; "
                                + value.spec().dtype() + value.spec().shape() + " was given for it.");
            }
            ordered.add(value);
        }
        return ordered;
    }
}
