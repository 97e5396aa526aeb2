package io.nsfl.proxy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** The nginx of this machine, and the configuration that deployments get, filled in as for a test. */
public final class TestNginx {
    private static final Path TEMPLATE = Path.of("../deploy/kubernetes/template/nginx.conf");

    private TestNginx() {}

    /** The program; a test that needs it is skipped where there is none. */
    public static String program() {
        Stream<Path> named = Stream.ofNullable(System.getenv("NSFL_NGINX"))
                .filter(name -> !name.isBlank())
                .map(Path::of);
        Stream<Path> usual = Stream.of(
                Path.of("/usr/sbin/nginx"),
                Path.of("/usr/local/sbin/nginx"),
                Path.of("/usr/bin/nginx"),
                Path.of(System.getProperty("user.home"), ".nsfl/nginx/usr/sbin/nginx"));
        Optional<Path> found =
                Stream.concat(named, usual).filter(Files::isExecutable).findFirst();
        Assumptions.assumeTrue(
                found.isPresent(), "There is no nginx on this machine: install it, or name it in NSFL_NGINX.");
        return found.get().toString();
    }

    /** @param values what differs from a configuration without TLS */
    public static String configuration(int grpcPort, int doorPort, Map<String, String> values) {
        String text;
        try {
            text = Files.readString(TEMPLATE);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        Map<String, String> all = new HashMap<>(Map.of(
                "GRPC_PORT", Integer.toString(grpcPort),
                "DOOR_PORT", Integer.toString(doorPort),
                "LOG_LEVEL", "info",
                "TLS", "/none",
                "CLIENT_AUTH", "optional",
                "IF_TLS", "#",
                "IF_PLAIN", ""));
        all.putAll(values);
        for (Map.Entry<String, String> value : all.entrySet()) {
            text = text.replace("@" + value.getKey() + "@", value.getValue());
        }
        return text;
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException none) {
            throw new UncheckedIOException(none);
        }
    }
}
