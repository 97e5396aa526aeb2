package io.nsfl.storage.blob;

import java.time.Instant;

/**
 * A stored file.
 *
 * @param path its path in the store, see {@link BlobPath}
 * @param size bytes
 * @param modified when it was put; whole seconds in some stores
 */
public record Blob(String path, long size, Instant modified) {}
