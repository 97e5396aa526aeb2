package io.nsfl.modelformats.delta;

import io.nsfl.modelformats.ModelLimits;
import io.nsfl.modelformats.file.TargetFile;
import io.nsfl.modelformats.safetensors.SafetensorsFile;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Makes the delta between two safetensors files; {@link DeltaReader} makes the newer one of the older one and the delta. The file,
 * numbers in it big-endian:
 *
 * <pre>
 * magic "NSFLDLT1", 8 bytes
 * size of the older file, size of the newer file: 8 bytes each
 * until the newer file is told, a run: width of its elements (1 byte), where the older file has them or -1, its length (8 bytes each),
 *   and its blocks of at most {@value #BLOCK} bytes:
 *     length (4 bytes) and content of the {@linkplain Planes plane} of {@linkplain Differences marks},
 *     and the same for each byte of an element, the lowest first, of the plane of differences
 * </pre>
 */
public final class ModelDelta {
    static final byte[] MAGIC = {'N', 'S', 'F', 'L', 'D', 'L', 'T', '1'};

    /** Bytes of the newer file that are worked on at once: all the memory that a delta takes is a few times this. */
    static final int BLOCK = 1 << 20;

    static final int WIDEST = Long.BYTES;

    private ModelDelta() {}

    /**
     * Writes the delta from one file to another, unless it would not be smaller than {@code limit}. The two need not have the same
     * tensors.
     *
     * @param limit in bytes
     * @return whether it was written: otherwise there is nothing at {@code delta}
     * @throws io.nsfl.protocol.fault.FaultException MODEL_NOT_FOUND or MODEL_UNREADABLE for the one or the other file,
     *     STORAGE_UNAVAILABLE when the delta cannot be written
     */
    public static boolean write(Path older, Path newer, Path delta, long limit) {
        ModelLimits limits = ModelLimits.defaults();
        try (SafetensorsFile from = SafetensorsFile.openForThisThread(older, limits);
                SafetensorsFile to = SafetensorsFile.openForThisThread(newer, limits);
                TargetFile file = TargetFile.create(delta)) {
            OutputStream bounded = new Bounded(Channels.newOutputStream(file.channel()), limit);
            DataOutputStream out = new DataOutputStream(new BufferedOutputStream(bounded, 1 << 16));
            write(from, to, out);
            out.flush();
            file.commit();
            return true;
        } catch (NotSmaller larger) {
            return false;
        } catch (IOException failed) {
            throw TargetFile.unwritable(delta, failed);
        }
    }

    private static void write(SafetensorsFile from, SafetensorsFile to, DataOutputStream out) throws IOException {
        MemorySegment older = from.bytes();
        MemorySegment newer = to.bytes();
        out.write(MAGIC);
        out.writeLong(older.byteSize());
        out.writeLong(newer.byteSize());
        long at = 0;
        try (Planes planes = new Planes()) {
            Blocks blocks = new Blocks(planes, out);
            for (Run run : Runs.of(from, to)) {
                out.writeByte(run.width());
                out.writeLong(run.source());
                out.writeLong(run.length());
                for (long done = 0; done < run.length(); done += BLOCK) {
                    int length = (int) Math.min(BLOCK, run.length() - done);
                    blocks.write(
                            older, run.hasSource() ? run.source() + done : Run.NOWHERE, newer, at, run.width(), length);
                    at += length;
                }
            }
        }
    }

    /** The memory that is used again for each block. */
    private static final class Blocks {
        private final Planes packing;
        private final DataOutputStream out;
        private final byte[] before = new byte[BLOCK];
        private final byte[] after = new byte[BLOCK];
        private final byte[] marks = new byte[Differences.marks(BLOCK)];
        private final byte[][] planes = new byte[WIDEST][];
        private final byte[] packed = new byte[BLOCK];

        Blocks(Planes packing, DataOutputStream out) {
            this.packing = packing;
            this.out = out;
        }

        void write(MemorySegment older, long source, MemorySegment newer, long at, int width, int length)
                throws IOException {
            MemorySegment.copy(newer, ValueLayout.JAVA_BYTE, at, after, 0, length);
            if (source == Run.NOWHERE) {
                Arrays.fill(before, 0, length, (byte) 0);
            } else {
                MemorySegment.copy(older, ValueLayout.JAVA_BYTE, source, before, 0, length);
            }
            int count = length / width;
            for (int plane = 0; plane < width; plane++) {
                if (planes[plane] == null || planes[plane].length < count) {
                    planes[plane] = new byte[count];
                }
            }
            int differing = Differences.split(after, before, width, count, marks, planes);
            write(marks, Differences.marks(count));
            for (int plane = 0; plane < width; plane++) {
                write(planes[plane], differing);
            }
        }

        private void write(byte[] plane, int length) throws IOException {
            int stands = packing.pack(plane, length, packed);
            out.writeInt(stands);
            out.write(packed, 0, stands);
        }
    }

    /** Refuses what goes beyond the bytes that make a delta worth it. */
    private static final class Bounded extends FilterOutputStream {
        private long left;

        Bounded(OutputStream out, long limit) {
            super(out);
            this.left = limit - 1;
        }

        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            if (length > left) {
                throw new NotSmaller();
            }
            left -= length;
            out.write(bytes, from, length);
        }
    }

    private static final class NotSmaller extends IOException {
        private static final long serialVersionUID = 1;
    }
}
