package io.nsfl.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.TlsServerCredentials;
import io.grpc.TlsServerCredentials.ClientAuth;
import io.grpc.stub.MetadataUtils;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.ids.Headers;
import io.nsfl.protocol.ids.PeerStatement;
import io.nsfl.protocol.v1.TaskRef;
import io.nsfl.protocol.v1.TaskServiceGrpc;
import io.nsfl.servicekit.fault.GrpcFaults;
import io.nsfl.servicekit.grpc.Channels;
import io.nsfl.servicekit.tls.TestAuthority;
import io.nsfl.servicekit.tls.TlsFiles;
import io.nsfl.servicekit.tls.TransportSecurity;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS on both sides of the proxy, with certificates of clients. */
class ProxyTlsIT {
    private static final String JOB = "default-mnist";
    private static final String HERE = "ip:127.0.0.1,dns:localhost";

    @TempDir
    Path directory;

    private TestAuthority authority;
    private Path proxyFiles;
    private Backend coordinator;
    private TestProxy proxy;

    @BeforeEach
    void start() throws Exception {
        authority = new TestAuthority(directory.resolve("authority"));
        proxyFiles = authority.issue(directory.resolve("proxy-tls"), "CN=proxy", HERE);
        Path own = authority.issue(directory.resolve("coordinator-tls"), "CN=coordinator", HERE);
        coordinator = new Backend(TlsServerCredentials.newBuilder()
                .keyManager(
                        own.resolve("tls.crt").toFile(), own.resolve("tls.key").toFile())
                .trustManager(own.resolve("ca.crt").toFile())
                .clientAuth(ClientAuth.REQUIRE)
                .build());
        proxy = new TestProxy(
                        directory.resolve("proxy"),
                        Map.of("IF_TLS", "", "IF_PLAIN", "#", "TLS", proxyFiles.toString()),
                        "--nsfl.proxy.selector-address=" + coordinator.address(),
                        "--nsfl.tls.authority=localhost")
                .start();
        proxy.register(JOB, coordinator.address());
    }

    @AfterEach
    void stop() {
        proxy.close();
        coordinator.close();
    }

    private void describe(TlsFiles files) throws InterruptedException {
        Metadata job = new Metadata();
        job.put(Metadata.Key.of(Headers.JOB, Metadata.ASCII_STRING_MARSHALLER), JOB);
        ManagedChannel channel = Channels.open(
                proxy.address(), TransportSecurity.tls(files, ""), MetadataUtils.newAttachHeadersInterceptor(job));
        try {
            TaskServiceGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(60, TimeUnit.SECONDS)
                    .describeTask(TaskRef.getDefaultInstance());
        } finally {
            channel.shutdownNow().awaitTermination(60, TimeUnit.SECONDS);
        }
    }

    private PeerStatement seen() {
        return PeerStatement.verified(coordinator.header(Headers.PEER), proxy.secret.bytes())
                .orElseThrow();
    }

    @Test
    void saysWhoseCertificateAConnectionShows() throws Exception {
        Path client = authority.issue(directory.resolve("client"), "CN=hospital-a, O=Example", "dns:a");
        describe(TlsFiles.ofClient(client));

        byte[] key = CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(client.resolve("tls.crt"))))
                .getPublicKey()
                .getEncoded();
        assertThat(seen())
                .isEqualTo(new PeerStatement(
                        "127.0.0.1",
                        "CN=hospital-a,O=Example",
                        HexFormat.of()
                                .formatHex(MessageDigest.getInstance("SHA-256").digest(key))));
    }

    @Test
    void saysThatAConnectionShowsNone() throws Exception {
        Path bare = Files.createDirectories(directory.resolve("bare"));
        Files.copy(proxyFiles.resolve("ca.crt"), bare.resolve("ca.crt"));
        describe(TlsFiles.ofClient(bare));
        assertThat(seen().keySha256()).isEmpty();
    }

    @Test
    void refusesACertificateOfAnotherAuthority() throws Exception {
        Path stranger = new TestAuthority(directory.resolve("elsewhere"))
                .issue(directory.resolve("stranger"), "CN=hospital-a, O=Example", "dns:a");
        Files.copy(proxyFiles.resolve("ca.crt"), stranger.resolve("ca.crt"), StandardCopyOption.REPLACE_EXISTING);
        Throwable refused = Assertions.catchThrowable(() -> describe(TlsFiles.ofClient(stranger)));
        assertThat(GrpcFaults.from(refused).fault()).isIn(Fault.UNAUTHENTICATED, Fault.UNAVAILABLE);
        assertThat(coordinator.calls).isEmpty();
    }

    @Test
    void servesNewCertificatesWithoutARestart() throws Exception {
        Path other = new TestAuthority(directory.resolve("next")).issue(directory.resolve("next-tls"), "CN=p", HERE);
        // The own side of the proxy is renewed; whom it trusts stays.
        Files.copy(other.resolve("tls.key"), proxyFiles.resolve("tls.key"), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(other.resolve("tls.crt"), proxyFiles.resolve("tls.crt"), StandardCopyOption.REPLACE_EXISTING);
        Path client = Files.createDirectories(directory.resolve("trusting"));
        Files.copy(other.resolve("ca.crt"), client.resolve("ca.crt"));
        // The coordinator asks for the old authority's certificates; the client meets the new one as soon as nginx has
        // new workers.
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            Throwable beyond = Assertions.catchThrowable(() -> describe(TlsFiles.ofClient(client)));
            assertThat(GrpcFaults.from(beyond)).hasMessageContaining("does not answer now");
        });
        assertThat(proxy.health("/metrics").body()).contains("nsfl_proxy_nginx_reloads_total");
    }
}
