package io.nsfl.storage.blob;

import java.time.Instant;

/**
 * A stored file.
 *
 * @param path below the store's root, names separated by {@code /}
 * @param size bytes
 * @param modified when it was put
 */
public record Blob(String path, long size, Instant modified) {}
