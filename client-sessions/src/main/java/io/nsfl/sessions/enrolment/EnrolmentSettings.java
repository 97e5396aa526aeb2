package io.nsfl.sessions.enrolment;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How clients are taken in.
 *
 * @param tokensFile tokens that the operator made himself, one a line: SHA-256 of the token in hex, number of uses, end of its life (ISO 8601)
 */
public record EnrolmentSettings(EnrolmentMode mode, Optional<Path> tokensFile) {
    /** Every client. */
    public static EnrolmentSettings open() {
        return new EnrolmentSettings(EnrolmentMode.OPEN, Optional.empty());
    }
}
