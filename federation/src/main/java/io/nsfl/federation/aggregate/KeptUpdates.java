package io.nsfl.federation.aggregate;

import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The updates of a round for rules that need them all at once: one file on local disk, one place after the other, read back through a
 * mapping. What is read comes in the order of the clients' ids, whoever came first; {@link UpdateRows} goes through their elements.
 *
 * <p>Disk: one update per client. One thread at a time.
 */
public final class KeptUpdates implements AutoCloseable {
    private static final int WRITE_BYTES = 1 << 24;

    private final List<TensorSpec> specs;
    private final int rosterSize;
    private final long bytesEach;
    private final Path file;
    private final FileChannel channel;
    private final Arena arena = Arena.ofShared();
    private final List<Place> places = new ArrayList<>();
    private final Set<String> clients = new HashSet<>();
    private long weight;

    /** Where a client's update lies. */
    private record Place(int index, Contribution contribution) {}

    /** A client and its update, readable until the updates are closed. */
    public record Kept(Contribution contribution, TensorSet tensors) {}

    /**
     * @param directory on local disk; the file in it is gone after {@link #close}
     * @param specs what an update holds, in order
     * @param rosterSize most updates that are kept
     */
    public KeptUpdates(Path directory, List<TensorSpec> specs, int rosterSize) {
        this.specs = List.copyOf(specs);
        this.rosterSize = rosterSize;
        this.bytesEach = TensorSet.packedBytes(specs);
        try {
            this.file = Files.createTempFile(directory, "updates-", ".bin");
            this.channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /**
     * Keeps a copy. Not kept at all if the disk refuses.
     *
     * @throws IllegalStateException if all of the roster are in, or this client is
     */
    public void add(TensorSet update, Contribution contribution) {
        if (places.size() == rosterSize) {
            throw new IllegalStateException("Cannot fold another update: all " + rosterSize + " of the roster are in");
        }
        if (clients.contains(contribution.client())) {
            throw new IllegalStateException("Cannot keep two updates of client " + contribution.client());
        }
        long at = places.size() * bytesEach;
        for (TensorSpec spec : specs) {
            NamedTensor tensor = update.get(spec.name());
            if (!tensor.spec().sameLayout(spec)) {
                throw new IllegalArgumentException("Cannot keep " + tensor.spec() + ": the plan has " + spec);
            }
            write(tensor.data(), at);
            at += spec.bytes();
        }
        places.add(new Place(places.size(), contribution));
        clients.add(contribution.client());
        weight += contribution.weight();
    }

    public int count() {
        return places.size();
    }

    public long weight() {
        return weight;
    }

    /** All of them, in the order of the clients' ids. */
    public List<Kept> inOrder() {
        try {
            MemorySegment mapped = channel.map(MapMode.READ_ONLY, 0, places.size() * bytesEach, arena);
            return places.stream()
                    .sorted(Comparator.comparing(place -> place.contribution().client()))
                    .map(place -> new Kept(
                            place.contribution(),
                            TensorSet.over(mapped.asSlice(place.index() * bytesEach, bytesEach), specs)))
                    .toList();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public void close() {
        arena.close();
        try {
            channel.close();
            Files.deleteIfExists(file);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private void write(MemorySegment data, long at) {
        try {
            for (long from = 0; from < data.byteSize(); from += WRITE_BYTES) {
                long length = Math.min(WRITE_BYTES, data.byteSize() - from);
                ByteBuffer rest = data.asSlice(from, length).asByteBuffer();
                long to = at + from;
                while (rest.hasRemaining()) {
                    to += channel.write(rest, to);
                }
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
