package io.nsfl.proxy.route;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What may stand in the table. */
public final class RouteText {
    private static final Pattern JOB = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?");
    private static final Pattern ADDRESS =
            Pattern.compile("([A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?|\\[[0-9A-Fa-f:.]{2,45}]):([0-9]{1,5})");

    private RouteText() {}

    /** Whether this can be a job's {@code <namespace>-<id>}. */
    public static boolean isJob(String text) {
        return text != null && text.length() <= 253 && JOB.matcher(text).matches();
    }

    /** Whether this is {@code host:port}. */
    public static boolean isAddress(String text) {
        return address(text).isPresent();
    }

    /**
     * A host and a port.
     *
     * @param host a name or an address; an IPv6 address without brackets
     */
    public record Address(String host, int port) {}

    /** Of {@code host:port}; empty for anything else. */
    public static Optional<Address> address(String text) {
        if (text == null || text.length() > 300) {
            return Optional.empty();
        }
        Matcher parts = ADDRESS.matcher(text);
        if (!parts.matches()) {
            return Optional.empty();
        }
        int port = Integer.parseInt(parts.group(3));
        String host = parts.group(1).replaceAll("[\\[\\]]", "");
        return port > 0 && port < 65536 ? Optional.of(new Address(host, port)) : Optional.empty();
    }
}
