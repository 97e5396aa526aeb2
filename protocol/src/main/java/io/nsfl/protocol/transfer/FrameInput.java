package io.nsfl.protocol.transfer;

import com.google.protobuf.WireFormat;
import io.grpc.HasByteBuffer;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.Chunk;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/**
 * Parses message {@code nsfl.v1.Chunk} into a {@link Frame}, its data straight into a buffer of {@link FrameBuffers}. Every length is
 * held against its bound before anything is allocated. Unknown fields are skipped, repeated ones refused.
 */
final class FrameInput {
    private static final int COPY = 16 << 10;

    private final InputStream in;
    private byte[] header;
    private Long offset;
    private Integer crc32c;
    private FrameBuffers.Lease data;

    private FrameInput(InputStream in) {
        this.in = in;
    }

    static Frame parse(InputStream message) {
        FrameInput input = new FrameInput(message);
        boolean whole = false;
        try {
            Frame frame = input.frame();
            whole = true;
            return frame;
        } catch (IOException cut) {
            throw corrupt("it ends in the middle of a field");
        } finally {
            if (!whole && input.data != null) {
                input.data.release().run();
            }
        }
    }

    private Frame frame() throws IOException {
        for (int tag = in.read(); tag >= 0; tag = in.read()) {
            field(tag < 0x80 ? tag : rest(tag));
        }
        FrameBuffers.Lease lease = data == null ? FrameBuffers.lease(0) : data;
        return new Frame(
                header == null ? new byte[0] : header,
                offset == null ? 0 : offset,
                crc32c == null ? 0 : crc32c,
                lease.buffer(),
                lease.release());
    }

    private void field(int tag) throws IOException {
        switch (tag) {
            case Chunk.HEADER_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED -> {
                once(header);
                header = exactly(length(Frame.MAX_HEADER, "header"));
            }
            case Chunk.OFFSET_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_VARINT -> {
                once(offset);
                offset = varint();
                if (offset < 0) {
                    throw corrupt("its offset is negative");
                }
            }
            case Chunk.CRC32C_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_FIXED32 -> {
                once(crc32c);
                byte[] bytes = exactly(Integer.BYTES);
                crc32c = Integer.reverseBytes(ByteBuffer.wrap(bytes).getInt());
            }
            case Chunk.DATA_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED -> {
                once(data);
                data = FrameBuffers.lease(length(Frame.MAX_DATA, "data"));
                fill(data.buffer());
            }
            default -> skip(tag);
        }
    }

    private void skip(int tag) throws IOException {
        int number = WireFormat.getTagFieldNumber(tag);
        if (number == 0 || number <= Chunk.DATA_FIELD_NUMBER) {
            throw corrupt("field " + number + " has a wrong type");
        }
        switch (WireFormat.getTagWireType(tag)) {
            case WireFormat.WIRETYPE_VARINT -> varint();
            case WireFormat.WIRETYPE_FIXED32 -> in.skipNBytes(Integer.BYTES);
            case WireFormat.WIRETYPE_FIXED64 -> in.skipNBytes(Long.BYTES);
            case WireFormat.WIRETYPE_LENGTH_DELIMITED -> in.skipNBytes(length(Frame.MAX_HEADER, "an unknown field"));
            default -> throw corrupt("field " + number + " has an unknown type");
        }
    }

    private int length(int bound, String what) throws IOException {
        long length = varint();
        if (length < 0 || length > bound) {
            throw corrupt(what + " has " + Long.toUnsignedString(length) + " bytes, at most " + bound + " are allowed");
        }
        return (int) length;
    }

    private long varint() throws IOException {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            int next = readByte();
            value |= (long) (next & 0x7f) << shift;
            if (next < 0x80) {
                return value;
            }
        }
        throw corrupt("a number has more than ten bytes");
    }

    /** A tag of more than one byte. */
    private int rest(int first) throws IOException {
        long tag = first & 0x7f | varint() << 7;
        if (tag < 0 || tag > Integer.MAX_VALUE) {
            throw corrupt("a field's number is too large");
        }
        return (int) tag;
    }

    private byte[] exactly(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException();
        }
        return bytes;
    }

    private int readByte() throws IOException {
        int next = in.read();
        if (next < 0) {
            throw new EOFException();
        }
        return next;
    }

    /** Fills the buffer and makes it ready to be read. */
    private void fill(ByteBuffer target) throws IOException {
        if (in instanceof HasByteBuffer direct && direct.byteBufferSupported()) {
            while (target.hasRemaining()) {
                ByteBuffer part = direct.getByteBuffer();
                if (part == null || !part.hasRemaining()) {
                    throw new EOFException();
                }
                int length = Math.min(part.remaining(), target.remaining());
                target.put(part.slice(part.position(), length));
                in.skipNBytes(length);
            }
        } else {
            byte[] part = new byte[Math.min(COPY, target.remaining())];
            while (target.hasRemaining()) {
                int length = in.read(part, 0, Math.min(part.length, target.remaining()));
                if (length < 0) {
                    throw new EOFException();
                }
                target.put(part, 0, length);
            }
        }
        target.flip();
    }

    private static void once(Object seen) {
        if (seen != null) {
            throw corrupt("a field is given twice");
        }
    }

    private static FaultException corrupt(String why) {
        return new FaultException(
                Fault.TRANSFER_CORRUPT,
                "A frame cannot be read: " + why + ". Send the transfer again from what is held.");
    }
}
