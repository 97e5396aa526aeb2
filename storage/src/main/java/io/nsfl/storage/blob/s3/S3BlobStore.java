package io.nsfl.storage.blob.s3;

import io.minio.BucketExistsArgs;
import io.minio.ComposeObjectArgs;
import io.minio.MakeBucketArgs;
import io.minio.MinioClient;
import io.minio.SourceObject;
import io.minio.StatObjectResponse;
import io.minio.errors.ErrorResponseException;
import io.minio.errors.MinioException;
import io.minio.messages.Item;
import io.minio.messages.ListAllMyBucketsResult;
import io.nsfl.storage.blob.Blob;
import io.nsfl.storage.blob.BlobFaults;
import io.nsfl.storage.blob.BlobPath;
import io.nsfl.storage.blob.BlobSettings;
import io.nsfl.storage.blob.BlobStore;
import io.nsfl.storage.blob.Content;
import io.nsfl.storage.blob.StoredBlob;
import io.nsfl.storage.blob.Upload;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Objects of an S3 server. A put goes there in parts while it is read and appears when it is whole. Marks of directories, which mounted
 * file systems leave in buckets, are not listed.
 */
public final class S3BlobStore implements BlobStore {
    /** Bytes that a server is asked to copy at once: far less than the 5 GiB that S3 allows, so that its answer comes in time. */
    private static final long LARGEST_STEP = 1L << 30;

    private static final BlobPath EVERYTHING = new BlobPath("", "");

    private final MinioClient client;
    private final Bucketed objects;
    private final Pieces pieces;
    private final S3Faults faults;
    private final long largestStep;

    private S3BlobStore(MinioClient client, S3Faults faults, long largestStep) {
        this.largestStep = largestStep;
        this.client = client;
        this.objects = new Bucketed(client);
        this.pieces = new Pieces(objects);
        this.faults = faults;
    }

    /** @throws io.nsfl.protocol.fault.FaultException {@code CONFIGURATION_INVALID}: the certificate cannot be used */
    public static S3BlobStore open(BlobSettings.S3 settings) {
        return open(settings, LARGEST_STEP);
    }

    /** The same, with larger files copied in steps of this many bytes, at least 5 MiB. */
    public static S3BlobStore open(BlobSettings.S3 settings, long largestStep) {
        return new S3BlobStore(Server.connect(settings), new S3Faults(settings), largestStep);
    }

    @Override
    public boolean hasBucket(String bucket) {
        BlobPath path = BlobPath.ofDirectory(BlobPath.bucket(bucket));
        return faults.answering(
                path,
                () -> client.bucketExists(
                        BucketExistsArgs.builder().bucket(bucket).build()));
    }

    @Override
    public void makeBucket(String bucket) {
        BlobPath path = BlobPath.ofDirectory(BlobPath.bucket(bucket));
        faults.answering(path, () -> {
            try {
                client.makeBucket(MakeBucketArgs.builder().bucket(bucket).build());
            } catch (ErrorResponseException refused) {
                if (!refused.errorResponse().code().startsWith("BucketAlready")) {
                    throw refused;
                }
            }
            return bucket;
        });
    }

    @Override
    public StoredBlob put(String path, InputStream given) {
        BlobPath checked = BlobPath.of(path);
        Content content = new Content(given, Long.MAX_VALUE);
        return faults.answering(checked, () -> {
            try {
                objects.put(checked, content);
            } catch (MinioException | IllegalStateException failure) {
                if (content.isBroken()) {
                    throw BlobFaults.brokenOff(checked, content);
                }
                throw failure;
            }
            return new StoredBlob(blob(checked), content.digest());
        });
    }

    @Override
    public Optional<Blob> stat(String path) {
        BlobPath checked = BlobPath.of(path);
        return faults.ifPresent(checked, () -> blob(checked));
    }

    @Override
    public InputStream open(String path, long offset, long length) {
        BlobPath checked = BlobPath.of(path);
        return faults.answering(checked, () -> {
            if (offset == 0 && length == Long.MAX_VALUE) {
                return objects.open(checked);
            }
            long size = objects.stat(checked).size();
            if (offset < 0 || offset > size) {
                throw BlobFaults.beyondTheEnd(checked, offset);
            }
            long wanted = Math.min(length, size - offset);
            return wanted == 0 ? InputStream.nullInputStream() : objects.open(checked, offset, wanted);
        });
    }

    @Override
    public String sha256(String path) {
        BlobPath checked = BlobPath.of(path);
        return faults.answering(checked, () -> digest(List.of(checked)));
    }

    @Override
    public List<Blob> list(String directory) {
        if (directory.isEmpty()) {
            List<Blob> found = new ArrayList<>();
            for (ListAllMyBucketsResult.Bucket bucket : faults.answering(EVERYTHING, client::listBuckets)) {
                found.addAll(list(bucket.name()));
            }
            found.sort(Comparator.comparing(Blob::path));
            return found;
        }
        BlobPath checked = BlobPath.ofDirectory(directory);
        String prefix = checked.key().isEmpty() ? "" : checked.key() + "/";
        return faults.ifPresent(checked, () -> objects.list(checked.bucket(), prefix)).stream()
                .flatMap(List::stream)
                .filter(S3BlobStore::isFile)
                .map(item -> blob(checked.sibling(item.objectName()), item.size(), item.lastModified()))
                .sorted(Comparator.comparing(Blob::path))
                .toList();
    }

    private static boolean isFile(Item item) {
        return !item.isDir()
                && !item.objectName().endsWith("/")
                && Arrays.stream(item.objectName().split("/")).noneMatch(name -> name.startsWith(BlobPath.RESERVED));
    }

    @Override
    public Blob copy(String from, String to) {
        BlobPath source = BlobPath.of(from);
        BlobPath target = BlobPath.of(to);
        long size = faults.answering(source, () -> objects.stat(source)).size();
        return faults.answering(target, () -> {
            if (!source.equals(target)) {
                copy(source, size, target);
            }
            return blob(target);
        });
    }

    /** Copies within the server; bytes of a large file pass through this process where the server cannot copy in steps. */
    private void copy(BlobPath source, long size, BlobPath target) throws MinioException {
        if (size <= largestStep) {
            objects.copy(source, target);
            return;
        }
        List<SourceObject> steps = new ArrayList<>();
        for (long start = 0; start < size; start += largestStep) {
            steps.add(Bucketed.source(source, start, Math.min(largestStep, size - start)));
        }
        try {
            client.composeObject(ComposeObjectArgs.builder()
                    .bucket(target.bucket())
                    .object(target.key())
                    .sources(steps)
                    .build());
        } catch (ErrorResponseException unable) {
            try (InputStream content = objects.open(source)) {
                objects.put(target, content);
            } catch (IOException unreadable) {
                throw new MinioException(unreadable);
            }
        }
    }

    /**
     * Puts pieces together. Many of them pass through this process: not every server copies parts from objects that it holds.
     */
    private void join(List<Pieces.Piece> held, BlobPath target) throws MinioException {
        if (held.size() == 1) {
            objects.copy(held.getFirst().path(), target);
            return;
        }
        try (InputStream joined = new Joined(held.iterator(), objects)) {
            objects.put(target, joined);
        } catch (IOException unreadable) {
            throw new MinioException(unreadable);
        }
    }

    @Override
    public boolean delete(String path) {
        BlobPath checked = BlobPath.of(path);
        boolean present = stat(path).isPresent();
        if (present) {
            faults.answering(checked, () -> {
                objects.remove(checked);
                return path;
            });
        }
        return present;
    }

    @Override
    public long deleteTree(String path) {
        BlobPath checked = BlobPath.of(path);
        List<Item> below = faults.ifPresent(checked, () -> objects.list(checked.bucket(), checked.key() + "/"))
                .orElse(List.of());
        if (!below.isEmpty()) {
            faults.answering(checked, () -> {
                objects.removeAll(
                        checked.bucket(), below.stream().map(Item::objectName).toList());
                return path;
            });
        }
        long files = below.stream().filter(S3BlobStore::isFile).count();
        return files + (delete(path) ? 1 : 0);
    }

    @Override
    public long held(String path) {
        BlobPath checked = BlobPath.of(path);
        return faults.ifPresent(checked, () -> Pieces.held(pieces.of(checked))).orElse(0L);
    }

    @Override
    public long append(String path, long offset, InputStream given, long length) {
        BlobPath checked = BlobPath.of(path);
        Content content = new Content(given, length);
        return faults.answering(checked, () -> {
            try {
                return pieces.append(checked, offset, content);
            } catch (IOException failure) {
                if (content.isBroken()) {
                    throw BlobFaults.brokenOff(checked, content);
                }
                throw new MinioException(failure);
            }
        });
    }

    @Override
    public StoredBlob complete(String path) {
        return complete(BlobPath.of(path), Optional.empty());
    }

    @Override
    public StoredBlob complete(String path, String sha256) {
        return complete(BlobPath.of(path), Optional.of(sha256));
    }

    private StoredBlob complete(BlobPath path, Optional<String> expected) {
        return faults.answering(path, () -> {
            List<Pieces.Piece> held = pieces.of(path);
            if (held.isEmpty()) {
                return completedBefore(path, expected);
            }
            List<BlobPath> sources = held.stream().map(Pieces.Piece::path).toList();
            String found = digest(sources);
            if (expected.isPresent() && !expected.get().equalsIgnoreCase(found)) {
                pieces.remove(path, held);
                throw BlobFaults.corrupt(path, expected.get(), found);
            }
            join(held, path);
            pieces.remove(path, held);
            return new StoredBlob(blob(path), found);
        });
    }

    private StoredBlob completedBefore(BlobPath path, Optional<String> expected) throws MinioException {
        Optional<Blob> present = stat(path.toString());
        if (expected.isPresent() && present.isPresent()) {
            String stored = digest(List.of(path));
            if (stored.equalsIgnoreCase(expected.get())) {
                return new StoredBlob(present.get(), stored);
            }
        }
        throw BlobFaults.noUpload(path);
    }

    @Override
    public boolean discard(String path) {
        BlobPath checked = BlobPath.of(path);
        List<Pieces.Piece> held =
                faults.ifPresent(checked, () -> pieces.of(checked)).orElse(List.of());
        if (!held.isEmpty()) {
            faults.answering(checked, () -> {
                pieces.remove(checked, held);
                return path;
            });
        }
        return !held.isEmpty();
    }

    @Override
    public List<Upload> uploads(String bucket) {
        BlobPath path = BlobPath.ofDirectory(BlobPath.bucket(bucket));
        return faults.ifPresent(path, () -> pieces.all(bucket)).orElse(List.of());
    }

    @Override
    public void close() {
        try {
            client.close();
        } catch (Exception ignored) {
            // Connections that cannot be closed are gone already.
        }
    }

    /** Of these one after the other. */
    private String digest(List<BlobPath> paths) throws MinioException {
        MessageDigest digest = Content.sha256();
        for (BlobPath path : paths) {
            try (InputStream in = objects.open(path);
                    OutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
                in.transferTo(out);
            } catch (IOException broken) {
                throw new MinioException(broken);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private Blob blob(BlobPath path) throws MinioException {
        StatObjectResponse found = objects.stat(path);
        return blob(path, found.size(), found.lastModified());
    }

    /** Listings know parts of a second, headers do not. */
    private static Blob blob(BlobPath path, long size, ZonedDateTime modified) {
        return new Blob(path.toString(), size, modified.toInstant().truncatedTo(ChronoUnit.SECONDS));
    }
}
