package io.nsfl.storage.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.storage.BlobStores;
import io.nsfl.storage.blob.s3.S3BlobStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real S3 server in this process whose buckets are directories. */
class S3BlobStoreTest implements BlobStoreContract {
    @TempDir
    private Path root;

    private S3Proxy server;
    private BlobStore store;

    @BeforeEach
    void startServer() throws Exception {
        Files.createDirectory(root.resolve("work"));
        server = S3Proxy.builder()
                .blobStore(new FilesystemNio2BlobStore(root.toString()))
                .endpoint(URI.create("http://127.0.0.1:0"))
                .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, "user", "password")
                .v4MaxNonChunkedRequestSize(64L << 20)
                .build();
        server.start();
        store = BlobStores.open(settings("user", "password"));
    }

    @AfterEach
    void stopServer() throws Exception {
        store.close();
        server.stop();
    }

    @Override
    public BlobStore store() {
        return store;
    }

    @Test
    void showsTheSameFilesAsAMountedDirectory() throws IOException {
        BlobStore mounted = BlobStores.open(new BlobSettings.Posix(root));
        mounted.put("work/model/init.h5", content("from the directory"));
        store.put("work/model/v1/final.h5", content("from the server"));
        store.append("work/model/v1/next.h5", 0, content("held"), 4);

        assertThat(store.list(""))
                .extracting(Blob::path)
                .containsExactly("work/model/init.h5", "work/model/v1/final.h5");
        assertThat(mounted.list(""))
                .extracting(Blob::path)
                .containsExactly("work/model/init.h5", "work/model/v1/final.h5");
        assertThat(store.open("work/model/init.h5")).hasContent("from the directory");
        assertThat(mounted.open("work/model/v1/final.h5")).hasContent("from the server");
        store.complete("work/model/v1/next.h5");
        assertThat(mounted.open("work/model/v1/next.h5")).hasContent("held");
    }

    @Test
    void skipsMarksOfDirectories() throws IOException {
        Files.createDirectories(root.resolve("work/tree/empty"));
        store.put("work/tree/f", content("x"));

        assertThat(store.list("work")).extracting(Blob::path).containsExactly("work/tree/f");
        assertThat(store.stat("work/tree/empty")).isEmpty();
        assertThat(store.deleteTree("work/tree")).isEqualTo(1);
    }

    @Test
    void saysWhichSettingIsRefused() {
        try (BlobStore stranger = S3BlobStore.open(settings("stranger", "password"));
                BlobStore forgetful = S3BlobStore.open(settings("user", "other"))) {
            refused(Fault.CONFIGURATION_INVALID, "refuses the user stranger", () -> stranger.list("work"));
            refused(Fault.CONFIGURATION_INVALID, "check ACCESS_KEY and SECRET_KEY", () -> forgetful.list("work"));
            refused(
                    Fault.CONFIGURATION_INVALID,
                    "check ACCESS_KEY and SECRET_KEY",
                    () -> forgetful.put("work/f", content("x")));
            refused(Fault.CONFIGURATION_INVALID, "check ACCESS_KEY and SECRET_KEY", () -> stranger.stat("work/f"));
        }
        assertThat(settings("user", "password").toString()).doesNotContain("password");
    }

    @Test
    void saysThatNobodyAnswers() throws Exception {
        server.stop();

        refused(Fault.STORAGE_UNAVAILABLE, "check that it runs", () -> store.put("work/f", content("x")));
        refused(Fault.STORAGE_UNAVAILABLE, "check that it runs", () -> store.stat("work/f"));
        refused(Fault.STORAGE_UNAVAILABLE, "check that it runs", () -> store.append("work/f", 0, content("x"), 1));
    }

    private BlobSettings.S3 settings(String user, String password) {
        return new BlobSettings.S3(
                URI.create("http://127.0.0.1:" + server.getPort()), user, password, Optional.empty());
    }

    private static ByteArrayInputStream content(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void refused(Fault expected, String sentence, ThrowingCallable call) {
        assertThatThrownBy(call)
                .hasMessageContaining(sentence)
                .isInstanceOfSatisfying(
                        FaultException.class, fault -> assertThat(fault.fault()).isEqualTo(expected));
    }
}
