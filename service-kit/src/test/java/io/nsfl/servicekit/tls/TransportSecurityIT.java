package io.nsfl.servicekit.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.BindableService;
import io.grpc.ManagedChannel;
import io.grpc.ServerServiceDefinition;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.servicekit.grpc.Channels;
import io.nsfl.servicekit.grpc.GrpcServerAddress;
import io.nsfl.servicekit.grpc.GrpcServerConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

@Timeout(120)
class TransportSecurityIT {
    @TempDir
    private Path directory;

    private TestAuthority authority;
    private Path servers;
    private ConfigurableApplicationContext service;

    @BeforeEach
    void issue() throws IOException {
        authority = new TestAuthority(directory.resolve("ours"));
        servers = authority.issue(directory.resolve("server"), "CN=server", "ip:127.0.0.1,dns:selector.test");
    }

    @AfterEach
    void stop() {
        if (service != null) {
            service.close();
        }
    }

    @Test
    void servesThoseWhoTrustItsAuthority() {
        start("none");

        assertThat(asks(client(servers, false, ""))).isEqualTo(ServingStatus.SERVING);
    }

    @Test
    void refusesWhoSpeaksInTheClear() {
        start("none");

        assertRefused(TransportSecurity.plain());
    }

    @Test
    void isNotBelievedByThoseWhoTrustAnotherAuthority() throws IOException {
        start("none");
        Path others = new TestAuthority(directory.resolve("theirs"))
                .issue(directory.resolve("other"), "CN=other", "ip:127.0.0.1");

        assertRefused(client(others, false, ""));
    }

    @Test
    void isNotBelievedWhenItsCertificateLacksTheHost() throws IOException {
        authority.issue(servers, "CN=server", "dns:selector.test");
        start("none");

        assertRefused(client(servers, false, ""));
        assertThat(asks(client(servers, false, "selector.test"))).isEqualTo(ServingStatus.SERVING);
    }

    @Test
    void demandsACertificateOfItsAuthorityWhereItIsTold() throws IOException {
        start("need");
        Path clients = authority.issue(directory.resolve("client"), "CN=site-a", "dns:site-a");
        Path others = new TestAuthority(directory.resolve("theirs"))
                .issue(directory.resolve("other"), "CN=site-a", "dns:site-a");
        Files.copy(
                servers.resolve("ca.crt"), others.resolve("ca.crt"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);

        assertThat(asks(client(clients, true, ""))).isEqualTo(ServingStatus.SERVING);
        assertRefused(client(clients, false, ""));
        assertRefused(client(others, true, ""));
    }

    @Test
    void takesNewFilesWithoutARestart() throws IOException {
        start("none");
        TransportSecurity before = client(servers, false, "");
        assertThat(asks(before)).isEqualTo(ServingStatus.SERVING);

        new TestAuthority(directory.resolve("next")).issue(servers, "CN=server", "ip:127.0.0.1");
        TransportSecurity serverSide = service.getBean(TransportSecurity.class);
        assertThat(serverSide.reload()).isTrue();

        assertRefused(before);
        assertThat(before.reload()).isTrue();
        assertThat(asks(before)).isEqualTo(ServingStatus.SERVING);
    }

    @Test
    void keepsWhatItHasWhileTheFilesCannotBeUsed() throws IOException {
        start("none");
        TransportSecurity client = client(servers, false, "");
        Files.writeString(servers.resolve("tls.crt"), "half a certificate");

        assertThat(service.getBean(TransportSecurity.class).reload()).isFalse();

        assertThat(asks(client)).isEqualTo(ServingStatus.SERVING);
    }

    @Test
    void doesNotStartWithFilesThatCannotBeUsed() throws IOException {
        Files.writeString(servers.resolve("ca.crt"), "");
        Files.writeString(servers.resolve("tls.key"), "nonsense");

        assertThatThrownBy(() -> start("none"))
                .rootCause()
                .isInstanceOf(FaultException.class)
                .hasMessageContaining(servers.resolve("ca.crt") + " holds no certificate")
                .hasMessageContaining(servers.resolve("tls.key") + " holds no private key that can be read");
    }

    @Test
    void tellsAKeyThatIsNotTheCertificates() throws IOException {
        Path others = authority.issue(directory.resolve("other"), "CN=other", "ip:127.0.0.1");
        Files.copy(
                others.resolve("tls.key"),
                servers.resolve("tls.key"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);

        assertThatThrownBy(() -> TransportSecurity.tls(TlsFiles.of(servers), ""))
                .hasMessageContaining("is not the one of the certificate");
    }

    private void start(String clientAuth) {
        service = new SpringApplicationBuilder(Service.class)
                .web(WebApplicationType.NONE)
                .properties(
                        "nsfl.tls.directory=" + servers,
                        "nsfl.tls.client-auth=" + clientAuth,
                        "nsfl.tls.reload-interval=1h",
                        "spring.grpc.server.address=127.0.0.1",
                        "spring.grpc.server.port=0",
                        "spring.main.banner-mode=off")
                .run();
    }

    private static TransportSecurity client(Path files, boolean shows, String expected) {
        TlsFiles all = TlsFiles.of(files);
        return TransportSecurity.tls(shows ? all : new TlsFiles(Optional.empty(), all.authorities()), expected);
    }

    private ServingStatus asks(TransportSecurity security) {
        String address = "127.0.0.1:" + service.getBean(GrpcServerAddress.class).port();
        ManagedChannel channel = Channels.open(address, security);
        try {
            return HealthGrpc.newBlockingStub(channel)
                    .check(HealthCheckRequest.getDefaultInstance())
                    .getStatus();
        } finally {
            channel.shutdownNow();
        }
    }

    private void assertRefused(TransportSecurity security) {
        assertThatThrownBy(() -> asks(security)).isInstanceOf(StatusRuntimeException.class);
    }

    @SpringBootConfiguration
    @EnableAutoConfiguration
    @Import(GrpcServerConfiguration.class)
    static class Service {
        /** A server without any service is not started. */
        @Bean
        BindableService nothing() {
            return () -> ServerServiceDefinition.builder("nsfl.test.Nothing").build();
        }
    }
}
