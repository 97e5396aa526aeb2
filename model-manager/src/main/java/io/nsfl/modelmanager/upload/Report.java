package io.nsfl.modelmanager.upload;

import java.util.Optional;

/**
 * What the uploader tells.
 *
 * @param outcome how it stands
 * @param progress percent; empty = not told
 * @param reason of a failure, or empty
 * @param sha256 of the file in hex; empty = not told
 */
public record Report(Outcome outcome, Optional<Integer> progress, String reason, Optional<String> sha256) {
    /** How an upload stands. */
    public enum Outcome {
        UNDER_WAY,
        SUCCEEDED,
        FAILED
    }
}
