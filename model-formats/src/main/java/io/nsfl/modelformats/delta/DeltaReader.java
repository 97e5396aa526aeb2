package io.nsfl.modelformats.delta;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.transfer.FileSink;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.zip.DataFormatException;

/**
 * Makes the newer file of an older one and a {@linkplain ModelDelta delta} that comes from somebody else: nothing in it is believed
 * beyond what is checked here, and whether the bytes made are the right ones is for their digest to say.
 */
public final class DeltaReader implements AutoCloseable {
    private final Path path;
    private final FileChannel older;
    private final DataInputStream in;
    private final FileSink newer;
    private final Planes planes = new Planes();
    private final byte[] elements = new byte[ModelDelta.BLOCK];
    private final byte[] packed = new byte[ModelDelta.BLOCK];
    private final byte[] marks = new byte[Differences.marks(ModelDelta.BLOCK)];
    private final byte[][] split = new byte[ModelDelta.WIDEST][];

    private DeltaReader(Path path, FileChannel older, DataInputStream in, FileSink newer) {
        this.path = path;
        this.older = older;
        this.in = in;
        this.newer = newer;
    }

    /**
     * Fills the sink. Takes a few MiB of memory, whatever the files have; the sink never gets more than its size, and less only with a
     * failure.
     *
     * @param newer empty, of the size that the newer file has to have
     * @throws FaultException TRANSFER_CORRUPT the delta is damaged, or not one from this file to one of that size
     * @throws IOException one of the files cannot be read or written
     */
    public static void apply(Path older, Path delta, FileSink newer) throws IOException {
        try (FileChannel base = FileChannel.open(older, StandardOpenOption.READ);
                FileChannel changes = FileChannel.open(delta, StandardOpenOption.READ);
                DataInputStream in =
                        new DataInputStream(new BufferedInputStream(Channels.newInputStream(changes), 1 << 16));
                DeltaReader reader = new DeltaReader(delta, base, in, newer)) {
            reader.read();
        }
    }

    private void read() throws IOException {
        try {
            require(Arrays.equals(in.readNBytes(ModelDelta.MAGIC.length), ModelDelta.MAGIC), "is of an unknown format");
            require(in.readLong() == older.size(), "is one from another file");
            require(in.readLong() == newer.size(), "is one to a file of another size");
            while (!newer.full()) {
                readRun();
            }
            require(in.read() < 0, "goes on behind its end");
        } catch (EOFException ended) {
            throw corrupt("ends early");
        } catch (DataFormatException damaged) {
            throw corrupt("cannot be inflated: " + damaged.getMessage());
        }
    }

    private void readRun() throws IOException, DataFormatException {
        Run run = new Run(in.readUnsignedByte(), in.readLong(), in.readLong());
        require(
                Integer.bitCount(run.width()) == 1 && run.width() <= ModelDelta.WIDEST,
                "has elements of " + run.width() + " bytes");
        require(
                run.length() > 0 && run.length() % run.width() == 0 && run.length() <= newer.size() - newer.position(),
                "has a run that does not end within the file");
        require(
                !run.hasSource()
                        || run.source() >= 0
                                && run.source() <= older.size()
                                && run.length() <= older.size() - run.source(),
                "refers to bytes that the older file does not have");
        for (long done = 0; done < run.length(); done += ModelDelta.BLOCK) {
            readBlock(run, done, (int) Math.min(ModelDelta.BLOCK, run.length() - done));
        }
    }

    private void readBlock(Run run, long done, int length) throws IOException, DataFormatException {
        int count = length / run.width();
        for (int plane = 0; plane < run.width(); plane++) {
            if (split[plane] == null || split[plane].length < count) {
                split[plane] = new byte[count];
            }
        }
        readPlane(marks, Differences.marks(count));
        int differing = Differences.marked(marks, count);
        require(differing <= count, "marks more elements than it has");
        for (int plane = 0; plane < run.width(); plane++) {
            readPlane(split[plane], differing);
        }
        if (run.hasSource()) {
            readOlder(run.source() + done, length);
        } else {
            Arrays.fill(elements, 0, length, (byte) 0);
        }
        Differences.join(marks, split, run.width(), count, elements);
        newer.append(ByteBuffer.wrap(elements, 0, length));
    }

    private void readPlane(byte[] plane, int length) throws IOException, DataFormatException {
        int stands = in.readInt();
        require(stands >= 0 && stands <= length, "has a plane larger than its block");
        in.readFully(packed, 0, stands);
        planes.unpack(packed, stands, plane, length);
    }

    private void readOlder(long from, int length) throws IOException {
        ByteBuffer target = ByteBuffer.wrap(elements, 0, length);
        while (target.hasRemaining()) {
            if (older.read(target, from + target.position()) < 0) {
                throw new IOException("The older file became shorter while it was read");
            }
        }
    }

    private void require(boolean condition, String otherwise) {
        if (!condition) {
            throw corrupt(otherwise);
        }
    }

    private FaultException corrupt(String why) {
        return new FaultException(Fault.TRANSFER_CORRUPT, "The delta " + path.getFileName() + " " + why + ".");
    }

    @Override
    public void close() {
        planes.close();
    }
}
