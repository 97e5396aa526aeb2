package io.nsfl.federation.secagg.shamir;

import java.nio.ByteBuffer;
import java.util.Optional;

/** What one holder has of a secret: the values of its nine polynomials at the holder's x, not x itself. */
public final class Share {
    /** Bytes of a share on the wire: nine elements of 4 bytes, big-endian. */
    public static final int LENGTH = Chunks.COUNT * Integer.BYTES;

    private final long[] values;

    Share(long[] values) {
        this.values = values;
    }

    /** Nothing if the bytes are no field elements. */
    public static Optional<Share> of(byte[] bytes) {
        if (bytes.length != LENGTH) {
            return Optional.empty();
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        long[] values = new long[Chunks.COUNT];
        for (int chunk = 0; chunk < values.length; chunk++) {
            values[chunk] = Integer.toUnsignedLong(buffer.getInt());
            if (values[chunk] >= Field31.PRIME) {
                return Optional.empty();
            }
        }
        return Optional.of(new Share(values));
    }

    public byte[] bytes() {
        ByteBuffer buffer = ByteBuffer.allocate(LENGTH);
        for (long value : values) {
            buffer.putInt((int) value);
        }
        return buffer.array();
    }

    long value(int chunk) {
        return values[chunk];
    }
}
