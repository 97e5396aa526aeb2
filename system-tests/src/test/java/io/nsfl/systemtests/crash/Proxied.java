package io.nsfl.systemtests.crash;

import io.nsfl.standalone.home.Java;
import io.nsfl.standalone.home.NsflHome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** {@link Separate} services behind a proxy: clients know its address only, and reach selector and coordinators through it. */
final class Proxied implements ServerSide {
    private final Separate behind;
    private final Program proxy;
    private final int grpcPort = Separate.freePort();
    private final int httpPort = Separate.freePort();
    private final Path directory;

    Proxied(NsflHome home) {
        int routePort = Separate.freePort();
        int doorPort = Separate.freePort();
        this.directory = home.run().resolve("nginx");
        this.behind = new Separate(home, Map.of("PROXY_ADDRESS", "127.0.0.1:" + routePort));
        this.proxy = new Program(
                "proxy",
                Java.command(home, "proxy", Java.SMALL, "io.nsfl.proxy.ProxyApplication"),
                Map.of(
                        "NSFL_BIND", "127.0.0.1",
                        "HTTP_PORT", Integer.toString(httpPort),
                        "ROUTE_PORT", Integer.toString(routePort),
                        "DOOR_PORT", Integer.toString(doorPort),
                        "SELECTOR_ADDRESS", behind.door(),
                        "JOB_SCHEDULER_ADDRESS", behind.api(),
                        "NSFL_INTERNAL_SECRET_FILE", home.internalSecret().toString(),
                        "NSFL_NGINX", nginxProgram(home).map(Path::toString).orElse("nginx"),
                        "NSFL_NGINX_CONF", configuration(home, doorPort).toString(),
                        "NSFL_NGINX_DIR", directory.toString()),
                home.run());
    }

    /** The nginx of this machine, or the one that is kept with the platform's other tools. */
    static Optional<Path> nginxProgram(NsflHome home) {
        return Stream.of(
                        System.getenv().getOrDefault("NSFL_NGINX", "/usr/sbin/nginx"),
                        "/usr/sbin/nginx",
                        "/usr/local/sbin/nginx",
                        "/usr/bin/nginx",
                        System.getProperty("user.home") + "/.nsfl/nginx/usr/sbin/nginx")
                .map(Path::of)
                .filter(program -> Files.isRegularFile(program) && Files.isExecutable(program))
                .findFirst();
    }

    private Path configuration(NsflHome home, int doorPort) {
        try {
            String text = Files.readString(home.sources().resolve("deploy/kubernetes/template/nginx.conf"));
            Map<String, String> values = Map.of(
                    "GRPC_PORT", Integer.toString(grpcPort),
                    "DOOR_PORT", Integer.toString(doorPort),
                    "LOG_LEVEL", "info",
                    "TLS", "/none",
                    "CLIENT_AUTH", "off",
                    "IF_TLS", "#",
                    "IF_PLAIN", "");
            for (Map.Entry<String, String> value : values.entrySet()) {
                text = text.replace("@" + value.getKey() + "@", value.getValue());
            }
            Files.createDirectories(home.run());
            return Files.writeString(home.run().resolve("nginx.conf"), text);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public void start() throws Exception {
        behind.start();
        startProxy();
    }

    private void startProxy() throws Exception {
        proxy.start();
        Separate.awaitHealth(proxy, "127.0.0.1:" + httpPort);
    }

    Program proxy() {
        return proxy;
    }

    /** The process that its workers belong to. */
    Optional<ProcessHandle> nginx() throws IOException {
        Path file = directory.resolve("nginx.pid");
        return Files.exists(file)
                ? ProcessHandle.of(Long.parseLong(Files.readString(file).strip()))
                : Optional.empty();
    }

    @Override
    public String api() {
        return behind.api();
    }

    @Override
    public String door() {
        return "127.0.0.1:" + grpcPort;
    }

    @Override
    public Program selector() {
        return behind.selector();
    }

    @Override
    public Program scheduler() {
        return behind.scheduler();
    }

    @Override
    public void restart(Program killed) throws Exception {
        if (killed == proxy) {
            startProxy();
        } else {
            behind.restart(killed);
        }
    }

    @Override
    public void killDatabase() throws Exception {
        behind.killDatabase();
    }

    @Override
    public void close() throws IOException {
        // Its guard is to end nginx before everything else here is killed, guards included.
        Optional<ProcessHandle> master = nginx();
        proxy.kill();
        master.ifPresent(process -> process.onExit().join());
        behind.close();
    }
}
