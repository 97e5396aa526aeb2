package io.nsfl.proxy.route;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** What a writer of routes has to show. Never printed. */
public final class RouteToken {
    private final byte[] token;

    public RouteToken(String token) {
        this.token = token.getBytes(StandardCharsets.UTF_8);
    }

    /** Compares in constant time. @param shown may be null */
    boolean matches(String shown) {
        return shown != null && MessageDigest.isEqual(token, shown.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return "******";
    }
}
