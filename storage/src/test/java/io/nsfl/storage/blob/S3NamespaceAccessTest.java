package io.nsfl.storage.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.servicekit.access.NamespaceAccess.Answer;
import io.nsfl.storage.blob.s3.S3NamespaceAccess;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.gaul.s3proxy.AccessGrant;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Against a real S3 server in this process that knows two users with buckets of their own. */
class S3NamespaceAccessTest {
    @TempDir
    private Path root;

    private S3Proxy server;
    private S3NamespaceAccess access;

    @BeforeEach
    void startServer() throws Exception {
        Map<String, String> passwords = Map.of("alice", "alice's own", "bob", "bob's own");
        Files.createDirectories(root.resolve("alice/one/full"));
        Files.writeString(root.resolve("alice/one/full/file"), "x");
        Files.createDirectories(root.resolve("alice/empty"));
        Files.createDirectories(root.resolve("bob/two"));
        server = S3Proxy.builder()
                .blobStore(new FilesystemNio2BlobStore(root.toString()))
                .endpoint(URI.create("http://127.0.0.1:0"))
                .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, "nobody", "nothing")
                .build();
        server.setBlobStoreLocator((user, bucket, key) -> passwords.containsKey(user)
                ? new AccessGrant(
                        passwords.get(user),
                        new FilesystemNio2BlobStore(root.resolve(user).toString()))
                : null);
        server.start();
        access = open(URI.create("http://127.0.0.1:" + server.getPort()));
    }

    @AfterEach
    void stopServer() throws Exception {
        server.stop();
        access.close();
    }

    @Test
    void opensWhatTheServerOpensWithThoseCredentials() {
        assertThat(access.opens("alice", "alice's own", "one")).isEqualTo(Answer.OPEN);
        assertThat(access.opens("alice", "alice's own", "empty")).isEqualTo(Answer.OPEN);
        assertThat(access.opens("bob", "bob's own", "two")).isEqualTo(Answer.OPEN);
        assertThat(access.opens("bob", "bob's own", "one")).isEqualTo(Answer.ABSENT);
    }

    @Test
    void knowsOnlyCredentialsThatTheServerKnows() {
        assertThat(access.knows("alice", "alice's own")).isTrue();
        assertThat(access.knows("alice", "bob's own")).isFalse();
        assertThat(access.knows("mallory", "alice's own")).isFalse();
        assertThat(access.knows("alice", "")).isFalse();
        assertThat(access.knows("ali/ce", "alice's own")).isFalse();
        assertThat(access.knows("ali ce", "alice's own")).isFalse();
        assertThat(access.knows("ålice", "alice's own")).isFalse();
        assertThat(access.opens("alice", "guessed", "one")).isEqualTo(Answer.UNKNOWN_CREDENTIALS);
    }

    @Test
    void hasNoBucketForANameThatNoneCanHave() {
        assertThat(access.opens("alice", "alice's own", "A_B")).isEqualTo(Answer.ABSENT);
        assertThat(access.opens("alice", "alice's own", "..")).isEqualTo(Answer.ABSENT);
        assertThat(access.opens("alice", "alice's own", "one/full")).isEqualTo(Answer.ABSENT);
    }

    @Test
    void saysThatTheServerIsAwayAndNotThatThePasswordIsWrong() throws Exception {
        server.stop();

        refused(() -> access.knows("alice", "alice's own"));
        refused(() -> access.opens("alice", "alice's own", "one"));
    }

    @Test
    @Timeout(60)
    void doesNotWaitForAServerThatNeverAnswers() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                S3NamespaceAccess patient = open(URI.create("http://127.0.0.1:" + silent.getLocalPort()))) {
            refused(() -> patient.knows("alice", "alice's own"));
        }
    }

    private static void refused(Runnable question) {
        assertThatExceptionOfType(FaultException.class)
                .isThrownBy(question::run)
                .satisfies(refusal -> assertThat(refusal.fault()).isEqualTo(Fault.STORAGE_UNAVAILABLE))
                .withMessageContaining("check that it runs")
                .withMessageNotContaining("own");
    }

    private static S3NamespaceAccess open(URI endpoint) {
        return S3NamespaceAccess.open(new BlobSettings.S3(endpoint, "", "", Optional.empty()));
    }
}
