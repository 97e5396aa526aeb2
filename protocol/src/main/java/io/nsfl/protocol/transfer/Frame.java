package io.nsfl.protocol.transfer;

import java.nio.ByteBuffer;

/**
 * One frame of a transfer: message {@code nsfl.v1.Chunk} without copying its data.
 *
 * @param header first frame only, else empty; never null
 * @param offset position of {@code data}'s first byte in the whole
 * @param crc32c CRC32C of {@code data}
 * @param data at most {@link #MAX_DATA} bytes between position and limit; never null. Received data belongs to the receiver until
 *     it calls {@code release}.
 * @param release gives the buffer back to where it came from; idempotent
 */
public record Frame(byte[] header, long offset, int crc32c, ByteBuffer data, Runnable release) {
    /** 1 MiB. */
    public static final int MAX_DATA = 1 << 20;

    /** A header is small by contract: 1 MiB. */
    public static final int MAX_HEADER = 1 << 20;
}
