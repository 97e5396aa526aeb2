package io.nsfl.modelformats.safetensors;

import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import io.nsfl.modelformats.file.TargetFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A safetensors file to be filled in place: its tensors are writable views of the mapped file, zero at first, so that a result of
 * any size is computed straight into its file. {@link #commit} puts it at its target; closed without, it leaves nothing.
 */
public final class SafetensorsDraft implements AutoCloseable {
    private final TargetFile file;
    private final Arena arena;
    private final MemorySegment mapped;
    private final TensorSet tensors;
    private boolean open = true;

    private SafetensorsDraft(TargetFile file, Arena arena, MemorySegment mapped, TensorSet tensors) {
        this.file = file;
        this.arena = arena;
        this.mapped = mapped;
        this.tensors = tensors;
    }

    /** @throws io.nsfl.protocol.fault.FaultException STORAGE_UNAVAILABLE when the target cannot be written */
    public static SafetensorsDraft create(Path target, List<TensorSpec> specs, Map<String, String> metadata) {
        SafetensorsLayout layout = SafetensorsLayout.of(specs, metadata);
        TargetFile file = TargetFile.create(target);
        Arena arena = Arena.ofShared();
        try {
            MemorySegment mapped = file.channel().map(MapMode.READ_WRITE, 0, layout.size(), arena);
            MemorySegment.copy(MemorySegment.ofArray(layout.prefix()), 0, mapped, 0, layout.prefix().length);
            List<NamedTensor> tensors = new ArrayList<>(specs.size());
            for (int i = 0; i < specs.size(); i++) {
                TensorSpec spec = specs.get(i);
                tensors.add(new NamedTensor(spec, mapped.asSlice(layout.offset(i), spec.bytes())));
            }
            return new SafetensorsDraft(file, arena, mapped, new TensorSet(tensors));
        } catch (IOException failed) {
            arena.close();
            file.close();
            throw TargetFile.unwritable(target, failed);
        }
    }

    /** The tensors, writable until {@link #commit} or {@link #close}. */
    public TensorSet tensors() {
        return tensors;
    }

    /** Forces the values to the disk, gives back the memory and moves the file to its target. */
    public void commit() {
        mapped.force();
        release();
        file.commit();
    }

    @Override
    public void close() {
        release();
        file.close();
    }

    private void release() {
        if (open) {
            open = false;
            arena.close();
        }
    }
}
