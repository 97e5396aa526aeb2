package io.nsfl.storage.blob;

import java.time.Instant;

/**
 * An upload in parts that is under way, or was given up.
 *
 * @param path of the file it will be
 * @param held bytes so far
 * @param modified when bytes were last added
 */
public record Upload(String path, long held, Instant modified) {}
