package io.nsfl.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.nsfl.ctl.command.Session;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands against servers with certificates of a site's own authority. */
final class TlsIT {
    @TempDir
    static Path shared;

    private static final List<String> CREDENTIALS = new CopyOnWriteArrayList<>();
    private static final List<String> ELSEWHERE = new CopyOnWriteArrayList<>();
    private static Authority authority;
    private static Authority stranger;
    private static HttpsServer server;
    private static HttpsServer misnamed;
    private static HttpServer elsewhere;
    private static S3Proxy store;

    @TempDir
    Path directory;

    private final Map<String, String> environment = new HashMap<>();
    private String out = "";
    private String err = "";

    @BeforeAll
    static void serve() throws Exception {
        authority = new Authority(shared.resolve("site"));
        stranger = new Authority(shared.resolve("stranger"));
        elsewhere = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        elsewhere.createContext("/", exchange -> {
            ELSEWHERE.add(exchange.getRequestHeaders().entrySet().toString());
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        elsewhere.start();
        Path keys = authority.server("ip:127.0.0.1,dns:localhost");
        server = https(keys);
        misnamed = https(authority.server("dns:elsewhere.example"));
        Files.createDirectories(shared.resolve("root/default"));
        store = S3Proxy.builder()
                .blobStore(new FilesystemNio2BlobStore(shared.resolve("root").toString()))
                .secureEndpoint(URI.create("https://127.0.0.1:0"))
                .keyStore(keys.toString(), Authority.PASSWORD)
                .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, "me", "secret-of-mine")
                .build();
        store.start();
    }

    private static HttpsServer https(Path keys) throws Exception {
        HttpsServer made = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        made.setHttpsConfigurator(new HttpsConfigurator(Authority.context(keys)));
        made.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            CREDENTIALS.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
            boolean moved = exchange.getRequestURI().toString().contains("moved")
                    || exchange.getRequestURI().getPath().equals("/");
            if (moved) {
                exchange.getResponseHeaders()
                        .add(
                                "Location",
                                "http://127.0.0.1:" + elsewhere.getAddress().getPort() + "/there");
                exchange.sendResponseHeaders(307, -1);
            } else {
                byte[] body = "{\"jobs\":[]}".getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
            }
            exchange.close();
        });
        made.start();
        return made;
    }

    @AfterAll
    static void stop() throws Exception {
        server.stop(0);
        misnamed.stop(0);
        elsewhere.stop(0);
        store.stop();
    }

    @BeforeEach
    void configure() {
        CREDENTIALS.clear();
        ELSEWHERE.clear();
        environment.put("NSFL_CONFIG", directory.resolve("nsfl.json").toString());
        environment.put("NSFL_API_SERVER", address(server));
        environment.put("NSFL_DATA_SERVER", "https://127.0.0.1:" + store.getSecurePort());
        environment.put("NSFL_CERTIFICATE", authority.certificate().toString());
        environment.put("NSFL_USER", "me");
        environment.put("NSFL_PASSWORD", "secret-of-mine");
    }

    @Test
    void provesItselfToServersOfTheNamedAuthority() throws IOException {
        assertThat(run("get", "jobs", "default")).as(() -> err).isZero();
        environment.put("NSFL_TOKEN", "a.b.c");
        assertThat(run("get", "jobs", "default")).isZero();
        assertThat(CREDENTIALS).containsExactly("Basic bWU6c2VjcmV0LW9mLW1pbmU=", "Bearer a.b.c");
        assertThat(run("get", "namespace")).as(() -> err).isZero();
        assertThat(out).contains("'default'");
    }

    @Test
    void readsTheCertificateFromTheConfiguration() {
        environment.remove("NSFL_CERTIFICATE");
        assertThat(run("set", "config", "-c", authority.certificate().toString()))
                .isZero();
        assertThat(run("get", "jobs", "default")).as(() -> err).isZero();
    }

    @Test
    void saysWhoseCertificateIsNotBelieved() {
        environment.put("NSFL_CERTIFICATE", stranger.certificate().toString());
        assertThat(run("get", "jobs", "default")).isEqualTo(1);
        assertThat(err)
                .startsWith("Error message: the API server " + address(server) + " does not prove who it is: ")
                .contains("no authority in " + stranger.certificate())
                .contains("set config -c FILE");
        assertThat(run("get", "namespace")).isEqualTo(1);
        assertThat(err).contains("the data server").contains("no authority in " + stranger.certificate());
        environment.put("NSFL_CERTIFICATE", "none");
        assertThat(run("get", "jobs", "default")).isEqualTo(1);
        assertThat(err).contains("no authority in this machine's own authorities");
        assertThat(CREDENTIALS).isEmpty();
    }

    @Test
    void saysThatACertificateIsForAnotherHost() {
        environment.put("NSFL_API_SERVER", address(misnamed));
        assertThat(run("get", "jobs", "default")).isEqualTo(1);
        assertThat(err).contains("its certificate is for another host");
        assertThat(CREDENTIALS).isEmpty();
    }

    @Test
    void saysThatTheCertificateFileIsNone() throws IOException {
        environment.put(
                "NSFL_CERTIFICATE",
                Files.writeString(directory.resolve("x.crt"), "x").toString());
        assertThat(run("get", "jobs", "default")).isEqualTo(1);
        assertThat(err).contains("x.crt cannot be used").contains("PEM");
        environment.put("NSFL_CERTIFICATE", directory.resolve("absent.crt").toString());
        assertThat(run("get", "jobs", "default")).isEqualTo(1);
        assertThat(err).contains("absent.crt cannot be used");
    }

    @Test
    void saysThatAServerSpeaksNoTls() throws IOException {
        try (ServerSocket plain = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                try (Socket client = plain.accept()) {
                    client.getInputStream().read();
                    client.getOutputStream()
                            .write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    client.getInputStream().readAllBytes();
                } catch (IOException e) {
                    // The client is gone.
                }
            });
            environment.put("NSFL_API_SERVER", "https://127.0.0.1:" + plain.getLocalPort());
            assertThat(run("get", "jobs", "default")).isEqualTo(1);
            assertThat(err).contains("does not speak TLS");
        }
    }

    @Test
    void takesCredentialsToNoOtherHost() {
        assertThat(run("get", "jobs", "moved")).isEqualTo(1);
        assertThat(err)
                .contains("points to http://127.0.0.1:" + elsewhere.getAddress().getPort());
        environment.put("NSFL_DATA_SERVER", address(server));
        assertThat(run("get", "namespace")).isEqualTo(1);
        assertThat(ELSEWHERE).isEmpty();
        assertThat(CREDENTIALS).isNotEmpty();
    }

    @Test
    void keepsSecretsFromOthersInAFileThatWasOpen() throws IOException {
        Path file = Files.writeString(directory.resolve("nsfl.json"), "{}");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(run("set", "config", "-u", "me")).isZero();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    private static String address(HttpServer at) {
        return "https://127.0.0.1:" + at.getAddress().getPort();
    }

    private int run(String... arguments) {
        ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
        ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
        Session session = new Session(
                environment,
                directory,
                new ByteArrayInputStream(new byte[0]),
                new PrintStream(outBytes, true, StandardCharsets.UTF_8),
                () -> Instant.EPOCH,
                SecureRandom::new);
        int code = CtlApplication.run(
                arguments,
                session,
                new PrintStream(errBytes, true, StandardCharsets.UTF_8),
                new CtlLog(directory.resolve("nsfl.log"), () -> Instant.EPOCH));
        out = outBytes.toString(StandardCharsets.UTF_8);
        err = errBytes.toString(StandardCharsets.UTF_8);
        return code;
    }
}
