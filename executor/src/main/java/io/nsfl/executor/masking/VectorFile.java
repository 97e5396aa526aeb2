package io.nsfl.executor.masking;

import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSpec;
import io.nsfl.modelformats.safetensors.SafetensorsDraft;
import io.nsfl.protocol.masking.MaskedFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A masked vector as a file to be delivered, written from its first byte to its last. */
final class VectorFile implements WritableByteChannel {
    private final SafetensorsDraft draft;
    private final MemorySegment vector;
    private long at;

    private VectorFile(SafetensorsDraft draft) {
        this.draft = draft;
        this.vector = draft.tensors().get(MaskedFile.VECTOR).data();
    }

    static VectorFile create(Path path, long elements) {
        TensorSpec vector = new TensorSpec(MaskedFile.VECTOR, DType.U32, List.of(elements), TensorKind.INTEGER);
        return new VectorFile(SafetensorsDraft.create(path, List.of(vector), Map.of()));
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
        int count = bytes.remaining();
        if (count > vector.byteSize() - at) {
            throw new IOException("The vector has " + vector.byteSize() + " bytes and no more");
        }
        vector.asSlice(at, count).copyFrom(MemorySegment.ofBuffer(bytes));
        bytes.position(bytes.limit());
        at += count;
        return count;
    }

    /** All is written. */
    void commit() throws IOException {
        if (at != vector.byteSize()) {
            throw new IOException("The vector has " + vector.byteSize() + " bytes and only " + at + " were written");
        }
        draft.commit();
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public void close() {
        draft.close();
    }
}
