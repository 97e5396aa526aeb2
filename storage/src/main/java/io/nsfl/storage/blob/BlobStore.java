package io.nsfl.storage.blob;

import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/**
 * Files by path. A path is {@code bucket/name/…/name} as {@link BlobPath} says; the same file has the same path in every store, so that
 * a file system mounted over the buckets shows what the store holds.
 *
 * <p>A path that is none, or leads outside the store (by a symbolic link too), is refused with
 * {@link io.nsfl.protocol.fault.Fault#REQUEST_INVALID}; a bucket that is not there with
 * {@link io.nsfl.protocol.fault.Fault#NAMESPACE_ABSENT} and the command that makes it; a file that is not there with
 * {@link io.nsfl.protocol.fault.Fault#ARTIFACT_UNKNOWN}. A store that does not answer fails with
 * {@link io.nsfl.protocol.fault.Fault#STORAGE_UNAVAILABLE}, one that refuses its credentials with
 * {@link io.nsfl.protocol.fault.Fault#CONFIGURATION_INVALID}; content that breaks off while it is read with
 * {@link io.nsfl.protocol.fault.Fault#TRANSFER_CORRUPT}. Streams that are given are read and not closed. Thread-safe.
 *
 * <p><b>Uploads in parts.</b> Bytes that are {@linkplain #append appended} to an upload are held, out of readers' sight, until it is
 * {@linkplain #complete completed} or {@linkplain #discard discarded}, over restarts too. An upload is known by the path of the file it
 * will be; whoever appends to the same one at the same time is told apart only by the digest at the end.
 */
public interface BlobStore extends AutoCloseable {
    /** Whether this bucket is there. */
    boolean hasBucket(String bucket);

    /** Makes this bucket if it is absent. */
    void makeBucket(String bucket);

    /** Stores all of {@code content} under this path, replacing what was there; readers see the old or the new file, never a part. */
    StoredBlob put(String path, InputStream content);

    /** The file at this path, if there is one. */
    Optional<Blob> stat(String path);

    /** Its bytes; the caller closes the stream. */
    default InputStream open(String path) {
        return open(path, 0);
    }

    /** Its bytes from {@code offset} on. */
    default InputStream open(String path, long offset) {
        return open(path, offset, Long.MAX_VALUE);
    }

    /**
     * At most {@code length} of its bytes from {@code offset} on; none where the offset is its size.
     *
     * @param offset 0 to the file's size, else {@link io.nsfl.protocol.fault.Fault#REQUEST_INVALID}
     */
    InputStream open(String path, long offset, long length);

    /** SHA-256 of its content in hex, read now. */
    String sha256(String path);

    /** All files below this directory, by path; the empty directory is the whole store. Empty when there is no such directory. */
    List<Blob> list(String directory);

    /** Copies the file within the store, without its bytes passing through this process; replaces as {@link #put} does. */
    Blob copy(String from, String to);

    /** Removes the file; false: there was none. */
    boolean delete(String path);

    /** Removes this directory with all it holds, or this file, and says how many files it were. A whole bucket is refused. */
    long deleteTree(String path);

    /** How many bytes the upload to this path holds, where the next append continues; 0 when there is none. */
    long held(String path);

    /**
     * Adds to the upload to this path, which the first append begins. When the content breaks off, what came of it is held.
     *
     * @param offset must be what is held, else {@link io.nsfl.protocol.fault.Fault#STALE}
     * @param length at most so many bytes are read; fewer if the content ends before
     * @return what is held now
     */
    long append(String path, long offset, InputStream content, long length);

    /**
     * Makes the held bytes the file at this path, as {@link #put} does. Harmless when repeated after a lost answer.
     *
     * @param sha256 what they must have, in hex; if they have another the upload is discarded and
     *     {@link io.nsfl.protocol.fault.Fault#TRANSFER_CORRUPT} raised
     * @throws io.nsfl.protocol.fault.FaultException {@code ARTIFACT_UNKNOWN}: there is no such upload
     */
    StoredBlob complete(String path, String sha256);

    /** As {@link #complete(String, String)} where nobody knows what the digest must be. */
    StoredBlob complete(String path);

    /** Forgets the upload to this path; false: there was none. */
    boolean discard(String path);

    /** The uploads of this bucket that are neither completed nor discarded, by path. */
    List<Upload> uploads(String bucket);

    /** Gives connections back; calls fail from now on. */
    @Override
    void close();
}
