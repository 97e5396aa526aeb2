package io.nsfl.servicekit.access;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** User and password of HTTP basic. */
record BasicCredentials(String user, String password) {
    private static final String SCHEME = "Basic ";
    private static final int LIMIT = 2_048;

    /** @throws FaultException UNAUTHENTICATED if there are none, or no valid ones */
    static BasicCredentials of(Optional<String> authorization) {
        String given = authorization.orElseThrow(
                () -> new FaultException(
                        Fault.UNAUTHENTICATED,
                        "This needs a login: the object store's user and password, as HTTP basic (nsfl-ctl set config -u -p)."));
        if (given.length() > LIMIT || !given.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            throw malformed();
        }
        try {
            byte[] decoded =
                    Base64.getDecoder().decode(given.substring(SCHEME.length()).strip());
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(decoded))
                    .toString();
            int colon = text.indexOf(':');
            if (colon < 1 || text.chars().anyMatch(Character::isISOControl)) {
                throw malformed();
            }
            return new BasicCredentials(text.substring(0, colon), text.substring(colon + 1));
        } catch (IllegalArgumentException | CharacterCodingException unreadable) {
            throw malformed();
        }
    }

    private static FaultException malformed() {
        return new FaultException(
                Fault.UNAUTHENTICATED, "The header Authorization is not HTTP basic with a user and a password.");
    }

    /** Without the password. */
    @Override
    public String toString() {
        return user + ":******";
    }
}
