package io.nsfl.ctl.api;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a server said.
 *
 * @param status of HTTP
 * @param headers by name as the server wrote it
 * @param body whole
 */
record Answer(int status, Map<String, List<String>> headers, byte[] body) {
    /** The last value of a header, whose case does not matter. */
    Optional<String> header(String name) {
        return headers.entrySet().stream()
                .filter(header -> name.equalsIgnoreCase(header.getKey()))
                .flatMap(header -> header.getValue().stream())
                .reduce((earlier, later) -> later);
    }
}
