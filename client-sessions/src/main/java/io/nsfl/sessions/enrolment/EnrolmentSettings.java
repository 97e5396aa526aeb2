package io.nsfl.sessions.enrolment;

import io.nsfl.protocol.ids.PeerStatement;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/**
 * How clients are taken in.
 *
 * @param tokensFile tokens that the operator made himself, one a line: SHA-256 of the token in hex, number of uses, end of its life (ISO 8601)
 * @param statements reads what a proxy says about the connection that it carries; empty = it is not believed
 */
public record EnrolmentSettings(
        EnrolmentMode mode, Optional<Path> tokensFile, Function<String, Optional<PeerStatement>> statements) {
    /** Clients connect themselves, without a proxy that says who they are. */
    public EnrolmentSettings(EnrolmentMode mode, Optional<Path> tokensFile) {
        this(mode, tokensFile, statement -> Optional.empty());
    }

    /** The same, for clients that come through a proxy as well. @param internalSecret with which it signs, the raw bytes */
    public EnrolmentSettings behindProxy(byte[] internalSecret) {
        byte[] secret = internalSecret.clone();
        return new EnrolmentSettings(mode, tokensFile, statement -> PeerStatement.verified(statement, secret));
    }

    /** Every client. */
    public static EnrolmentSettings open() {
        return new EnrolmentSettings(EnrolmentMode.OPEN, Optional.empty());
    }
}
