package io.nsfl.protocol.transfer;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A region of a file, read into one buffer of a frame's size. */
final class FileSource implements FrameSource {
    private final Path file;
    private final FileChannel channel;
    private final long start;
    private final long length;
    private ByteBuffer buffer;

    private FileSource(Path file, FileChannel channel, long start, long length) {
        this.file = file;
        this.channel = channel;
        this.start = start;
        this.length = length;
    }

    static FileSource whole(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        try {
            return new FileSource(file, channel, 0, channel.size());
        } catch (IOException failed) {
            channel.close();
            throw failed;
        }
    }

    static FileSource region(Path file, long start, long length) throws IOException {
        FileSource source = whole(file);
        if (start < 0 || length < 0 || start > source.length - length) {
            source.close();
            throw new IOException("File " + file + " has " + source.length + " bytes: there is no region of " + length
                    + " bytes at " + start);
        }
        return new FileSource(file, source.channel, start, length);
    }

    @Override
    public long size() {
        return length;
    }

    @Override
    public ByteBuffer frame(long position, int wanted) throws IOException {
        if (buffer == null || buffer.capacity() < wanted) {
            // An array: it goes into the stream as it is, and the collector takes it with us.
            buffer = ByteBuffer.allocate((int) Math.min(Frame.MAX_DATA, Math.max(wanted, length - position)));
        }
        buffer.clear().limit(wanted);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, start + position + buffer.position()) < 0) {
                throw new EOFException("File " + file + " became shorter while it was sent");
            }
        }
        return buffer.flip();
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException ignored) {
            // It was only read: nothing is lost.
        }
    }
}
