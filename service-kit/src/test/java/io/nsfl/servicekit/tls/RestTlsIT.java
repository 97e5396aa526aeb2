package io.nsfl.servicekit.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nsfl.servicekit.access.AccessConfiguration;
import io.nsfl.servicekit.fault.RestFaultConfiguration;
import io.nsfl.servicekit.rest.PeerHttp;
import io.nsfl.servicekit.security.InternalSecret;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@Timeout(120)
class RestTlsIT {
    private static final String HEALTH = "/api/v1/health";
    private static final String JOBS = "/api/v1/namespaces/one/jobs";

    @TempDir
    private Path directory;

    private TestAuthority authority;
    private Path servers;
    private ConfigurableApplicationContext service;

    @BeforeEach
    void issue() throws IOException {
        authority = new TestAuthority(directory.resolve("ours"));
        servers = authority.issue(directory.resolve("server"), "CN=server", "ip:127.0.0.1,dns:scheduler.test");
    }

    @AfterEach
    void stop() {
        if (service != null) {
            service.close();
        }
    }

    @Test
    void servesThoseWhoTrustItsAuthorityAndNobodyInTheClear() throws Exception {
        start("none");

        assertThat(asks(client(servers, false, ""), JOBS).statusCode()).isEqualTo(200);
        assertThat(asks(TransportSecurity.plain(), JOBS).statusCode()).isEqualTo(400);
        Path others = new TestAuthority(directory.resolve("theirs"))
                .issue(directory.resolve("other"), "CN=other", "ip:127.0.0.1");
        assertRefused(client(others, false, ""));
    }

    @Test
    void expectsTheNameThatIsConfiguredInsteadOfTheHost() throws Exception {
        authority.issue(servers, "CN=server", "dns:scheduler.test,dns:*.many.test");
        start("none");

        assertRefused(client(servers, false, ""));
        assertRefused(client(servers, false, "selector.test"));
        assertRefused(client(servers, false, "many.test"));
        assertThat(asks(client(servers, false, "scheduler.test"), JOBS).statusCode())
                .isEqualTo(200);
        assertThat(asks(client(servers, false, "any.many.test"), JOBS).statusCode())
                .isEqualTo(200);
        Path others = new TestAuthority(directory.resolve("theirs"))
                .issue(directory.resolve("other"), "CN=other", "dns:scheduler.test");
        assertRefused(client(others, false, "scheduler.test"));
    }

    @Test
    void showsOnlyItsHealthToWhoHasNoCertificateWhereOneIsNeeded() throws Exception {
        start("need");
        TransportSecurity nobody = client(servers, false, "");

        assertThat(asks(nobody, HEALTH).statusCode()).isEqualTo(200);
        assertThat(asks(nobody, JOBS).statusCode()).isEqualTo(403);
        assertThat(asks(nobody, JOBS).body()).contains("certificate of its authority");
        Path clients = authority.issue(directory.resolve("client"), "CN=alice", "dns:alice");
        assertThat(asks(client(clients, true, ""), JOBS).statusCode()).isEqualTo(200);
    }

    @Test
    void breaksOffWithWhoShowsAStrangersCertificate() throws Exception {
        start("need");
        Path others = new TestAuthority(directory.resolve("theirs"))
                .issue(directory.resolve("other"), "CN=alice", "dns:alice");
        Files.copy(servers.resolve("ca.crt"), others.resolve("ca.crt"), StandardCopyOption.REPLACE_EXISTING);

        assertRefused(client(others, true, ""));
    }

    @Test
    void takesNewFilesWithoutARestart() throws Exception {
        start("none");
        TransportSecurity before = client(servers, false, "");
        assertThat(asks(before, JOBS).statusCode()).isEqualTo(200);

        new TestAuthority(directory.resolve("next")).issue(servers, "CN=server", "ip:127.0.0.1");
        assertThat(service.getBean(TransportSecurity.class).reload()).isTrue();

        assertRefused(before);
        assertThat(before.reload()).isTrue();
        assertThat(asks(before, JOBS).statusCode()).isEqualTo(200);
    }

    private void start(String clientAuth) {
        service = new SpringApplicationBuilder(Service.class)
                .properties(
                        "server.address=127.0.0.1",
                        "server.port=0",
                        "nsfl.tls.directory=" + servers,
                        "nsfl.tls.client-auth=" + clientAuth,
                        "nsfl.tls.reload-interval=1h",
                        "spring.main.banner-mode=off")
                .run();
    }

    private static TransportSecurity client(Path files, boolean shows, String expected) {
        TlsFiles all = TlsFiles.of(files);
        return TransportSecurity.tls(shows ? all : new TlsFiles(Optional.empty(), all.authorities()), expected);
    }

    private HttpResponse<String> asks(TransportSecurity security, String path) throws Exception {
        int port = ((ServletWebServerApplicationContext) service).getWebServer().getPort();
        try (PeerHttp http = PeerHttp.open(security)) {
            URI uri = http.uri("127.0.0.1:" + port, path);
            HttpClient client = http.client();
            return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
        }
    }

    private void assertRefused(TransportSecurity security) {
        assertThatThrownBy(() -> asks(security, JOBS)).isInstanceOf(SSLException.class);
    }

    @SpringBootConfiguration
    @EnableAutoConfiguration
    @Import({AccessConfiguration.class, RestFaultConfiguration.class, RestTlsConfiguration.class})
    static class Service {
        @Bean
        InternalSecret secret() {
            return InternalSecret.of("ab".repeat(32));
        }

        @Bean
        Pages pages() {
            return new Pages();
        }
    }

    @RestController
    static class Pages {
        @GetMapping({HEALTH, JOBS})
        String page() {
            return "OK";
        }
    }
}
