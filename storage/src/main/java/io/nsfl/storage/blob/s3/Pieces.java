package io.nsfl.storage.blob.s3;

import io.minio.errors.MinioException;
import io.minio.messages.Item;
import io.nsfl.storage.blob.BlobFaults;
import io.nsfl.storage.blob.BlobPath;
import io.nsfl.storage.blob.Content;
import io.nsfl.storage.blob.Upload;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Uploads in parts: each a row of objects below the bucket's {@value #DIRECTORY}, named after the byte at which they begin. All but the
 * last have {@value #SIZE} bytes; the last is written anew, longer, when the upload continues. So an upload needs no memory of its own
 * between two requests, and the pieces can be put together by the server.
 */
final class Pieces {
    static final int SIZE = 16 << 20;

    private static final String DIRECTORY = BlobPath.RESERVED + "upload/";
    private static final String SUFFIX = ".part/";

    private final Bucketed objects;

    Pieces(Bucketed objects) {
        this.objects = objects;
    }

    /** One object of an upload. */
    record Piece(BlobPath path, long start, long size, Instant modified) {
        long end() {
            return start + size;
        }
    }

    /** Those of one upload without a gap, by where they begin. */
    List<Piece> of(BlobPath path) throws MinioException {
        List<Piece> found = new ArrayList<>();
        for (Item item : objects.list(path.bucket(), prefix(path))) {
            found.add(piece(path.bucket(), item));
        }
        found.sort(Comparator.comparingLong(Piece::start));
        List<Piece> joined = new ArrayList<>();
        for (Piece piece : found) {
            if (piece.start() == held(joined)) {
                joined.add(piece);
            }
        }
        return joined;
    }

    static long held(List<Piece> pieces) {
        return pieces.isEmpty() ? 0 : pieces.getLast().end();
    }

    long append(BlobPath path, long offset, Content content) throws MinioException, IOException {
        List<Piece> pieces = of(path);
        long held = held(pieces);
        if (offset != held) {
            throw BlobFaults.misplaced(path, offset, held);
        }
        Filling filling = new Filling(path, held, pieces.isEmpty());
        if (!pieces.isEmpty() && pieces.getLast().size() < SIZE) {
            filling.startWith(pieces.getLast());
        }
        try {
            while (filling.readFrom(content)) {
                filling.flush();
            }
        } finally {
            // What came before a break is kept as well.
            filling.flush();
        }
        return filling.end();
    }

    void remove(BlobPath path, List<Piece> pieces) throws MinioException {
        objects.removeAll(
                path.bucket(), pieces.stream().map(piece -> piece.path().key()).toList());
    }

    List<Upload> all(String bucket) throws MinioException {
        Map<String, Upload> found = new TreeMap<>();
        for (Item item : objects.list(bucket, DIRECTORY)) {
            int end = item.objectName().lastIndexOf(SUFFIX);
            if (end > 0 && !item.objectName().endsWith("/")) {
                Piece piece = piece(bucket, item);
                String path = bucket + "/" + item.objectName().substring(DIRECTORY.length(), end);
                found.merge(
                        path,
                        new Upload(path, piece.size(), piece.modified()),
                        (left, right) -> new Upload(
                                path,
                                left.held() + right.held(),
                                left.modified().isAfter(right.modified()) ? left.modified() : right.modified()));
            }
        }
        return List.copyOf(found.values());
    }

    private static String prefix(BlobPath path) {
        return DIRECTORY + path.key() + SUFFIX;
    }

    private static BlobPath at(BlobPath path, long start) {
        return path.sibling(prefix(path) + "%020d".formatted(start));
    }

    private static Piece piece(String bucket, Item item) {
        String name = item.objectName();
        long start = Long.parseLong(name.substring(name.lastIndexOf('/') + 1));
        return new Piece(
                new BlobPath(bucket, name),
                start,
                item.size(),
                item.lastModified().toInstant());
    }

    /** The piece that is being filled. */
    private final class Filling {
        private final BlobPath path;
        private final byte[] bytes = new byte[SIZE];
        private long start;
        private int filled;
        /** An upload of nothing is one too: its piece is empty. */
        private boolean toWrite;

        Filling(BlobPath path, long start, boolean isNew) {
            this.path = path;
            this.start = start;
            this.toWrite = isNew;
        }

        void startWith(Piece last) throws MinioException, IOException {
            start = last.start();
            try (InputStream content = objects.open(last.path())) {
                filled = content.readNBytes(bytes, 0, SIZE);
            }
            if (filled != last.size()) {
                throw new IOException("the last piece was changed meanwhile");
            }
        }

        /** Fills the piece; false: the content is at its end. */
        boolean readFrom(Content content) throws IOException {
            while (filled < SIZE) {
                int count = content.read(bytes, filled, SIZE - filled);
                if (count < 0) {
                    return false;
                }
                filled += count;
                toWrite |= count > 0;
            }
            return true;
        }

        void flush() throws MinioException {
            if (toWrite) {
                objects.put(at(path, start), bytes, filled);
                toWrite = false;
            }
            if (filled == SIZE) {
                start += SIZE;
                filled = 0;
            }
        }

        long end() {
            return start + filled;
        }
    }
}
