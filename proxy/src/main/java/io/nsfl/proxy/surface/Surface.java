package io.nsfl.proxy.surface;

import java.util.Set;

/** A port and what is served there. What belongs to one is not found at another. */
public enum Surface {
    /** Anybody may ask how the proxy is. */
    HEALTH("/api/v1/health", "/metrics"),
    /** The server side writes routes. */
    ROUTES("/api/v1/internal/routers"),
    /** nginx asks, on loopback. */
    DOOR("/door");

    private final Set<String> paths;

    Surface(String... paths) {
        this.paths = Set.of(paths);
    }

    boolean serves(String path) {
        return paths.contains(path);
    }
}
