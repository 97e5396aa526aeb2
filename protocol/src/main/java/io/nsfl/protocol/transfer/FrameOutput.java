package io.nsfl.protocol.transfer;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.nsfl.protocol.v1.Chunk;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/** A frame as the bytes of its message: a short prefix of our own, then the frame's buffer as it lies. Gives the buffer back at the end. */
final class FrameOutput extends InputStream implements KnownLength, Drainable {
    private static final int COPY = 16 << 10;

    private final ByteBuffer prefix;
    private final ByteBuffer data;
    private final Runnable release;

    FrameOutput(Frame frame) {
        prefix = prefix(frame);
        data = frame.data().duplicate();
        release = frame.release();
    }

    /** Everything before the data's own bytes; fields of the default value are left out, as the generated code does. */
    private static ByteBuffer prefix(Frame frame) {
        byte[] bytes = new byte[frame.header().length + 64];
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            if (frame.header().length > 0) {
                out.writeByteArray(Chunk.HEADER_FIELD_NUMBER, frame.header());
            }
            if (frame.offset() != 0) {
                out.writeInt64(Chunk.OFFSET_FIELD_NUMBER, frame.offset());
            }
            if (frame.crc32c() != 0) {
                out.writeFixed32(Chunk.CRC32C_FIELD_NUMBER, frame.crc32c());
            }
            if (frame.data().hasRemaining()) {
                out.writeTag(Chunk.DATA_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
                out.writeUInt32NoTag(frame.data().remaining());
            }
            out.flush();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return ByteBuffer.wrap(bytes, 0, out.getTotalBytesWritten());
    }

    @Override
    public int available() {
        return prefix.remaining() + data.remaining();
    }

    @Override
    public int drainTo(OutputStream target) throws IOException {
        int total = available();
        target.write(prefix.array(), prefix.position(), prefix.remaining());
        prefix.position(prefix.limit());
        if (data.hasArray()) {
            target.write(data.array(), data.arrayOffset() + data.position(), data.remaining());
            data.position(data.limit());
        } else {
            byte[] part = new byte[Math.min(COPY, data.remaining())];
            while (data.hasRemaining()) {
                int length = Math.min(part.length, data.remaining());
                data.get(part, 0, length);
                target.write(part, 0, length);
            }
        }
        close();
        return total;
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        if (length == 0) {
            return 0;
        }
        ByteBuffer from = prefix.hasRemaining() ? prefix : data;
        if (!from.hasRemaining()) {
            return -1;
        }
        int part = Math.min(length, from.remaining());
        from.get(target, offset, part);
        if (available() == 0) {
            close();
        }
        return part;
    }

    @Override
    public void close() {
        release.run();
    }
}
