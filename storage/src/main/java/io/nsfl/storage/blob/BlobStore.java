package io.nsfl.storage.blob;

import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/**
 * Files by path. Paths are relative to the store's root, with {@code /} between names; empty names, {@code .}, {@code ..} and whatever would
 * lead outside the root (a symbolic link too) are refused with {@link io.nsfl.protocol.fault.Fault#REQUEST_INVALID}. A store that does
 * not answer fails with {@link io.nsfl.protocol.fault.Fault#STORAGE_UNAVAILABLE}. Thread-safe.
 */
public interface BlobStore {
    /**
     * Stores all of {@code content} under this path, replacing what was there; readers see the old or the new file, never a part.
     * The stream is read to its end and not closed.
     */
    StoredBlob put(String path, InputStream content);

    /** The file at this path, if there is one. */
    Optional<Blob> stat(String path);

    /** Its bytes; the caller closes the stream. {@link io.nsfl.protocol.fault.Fault#ARTIFACT_UNKNOWN} when there is none. */
    InputStream open(String path);

    /** SHA-256 of its content in hex, read now. {@link io.nsfl.protocol.fault.Fault#ARTIFACT_UNKNOWN} when there is none. */
    String sha256(String path);

    /** All files below this directory, by path; empty when there is none. The empty directory is the root. */
    List<Blob> list(String directory);

    /** Removes the file; false: there was none. */
    boolean delete(String path);

    /** Removes this directory with all it holds, or this file, and says how many files it were. */
    long deleteTree(String path);
}
