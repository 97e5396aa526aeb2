package io.nsfl.modelformats.safetensors;

import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.modelformats.file.TargetFile;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Writes tensors as a safetensors file. */
public final class SafetensorsWriter {
    private SafetensorsWriter() {}

    /**
     * Streams the tensors to a file that appears at {@code target} whole or not at all. The header keeps the order of the set; the
     * same tensors and metadata give the same bytes. Kinds that a reader cannot tell from name and type are kept in the metadata.
     *
     * @throws io.nsfl.protocol.fault.FaultException STORAGE_UNAVAILABLE when the target cannot be written
     */
    public static void write(Path target, TensorSet tensors, Map<String, String> metadata) {
        SafetensorsLayout layout = SafetensorsLayout.of(tensors.specs(), metadata);
        List<NamedTensor> values = tensors.tensors();
        try (TargetFile file = TargetFile.create(target)) {
            file.append(MemorySegment.ofArray(layout.prefix()));
            for (int index : layout.order()) {
                file.append(values.get(index).data());
            }
            file.commit();
        }
    }
}
