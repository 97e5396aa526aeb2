package io.nsfl.federation.secagg;

import io.nsfl.federation.secagg.mask.MaskSeed;
import io.nsfl.federation.secagg.mask.Masks;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.List;

/** A client's vector under its masks, written block by block: memory is a few blocks, however long the vector is. */
final class MaskedVector {
    private final VectorShape shape;
    private final Masks masks;
    private final int[] block = new int[Masks.BLOCK];
    private final ByteBuffer bytes =
            ByteBuffer.allocateDirect(Masks.BLOCK * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);

    MaskedVector(VectorShape shape, List<MaskSeed> seeds) {
        this.shape = shape;
        this.masks = new Masks(seeds, 0);
    }

    void write(ValueSource values, WritableByteChannel out) throws IOException {
        for (long from = 0; from < shape.length(); from += Masks.BLOCK) {
            int count = (int) Math.min(Masks.BLOCK, shape.length() - from);
            values.next(block, count);
            if (!shape.noised()) {
                requireInRange(count, from);
            }
            masks.apply(block, count);
            bytes.clear();
            bytes.asIntBuffer().put(block, 0, count);
            bytes.limit(count * Integer.BYTES);
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
        }
    }

    private void requireInRange(int count, long from) {
        int all = 0;
        for (int i = 0; i < count; i++) {
            all |= block[i];
        }
        if (all >>> shape.valueBits() != 0) {
            throw new SecAggAbort(
                    AbortReason.VALUE_OUT_OF_RANGE,
                    "A value after element " + from + " has more than " + shape.valueBits() + " bits.");
        }
    }
}
