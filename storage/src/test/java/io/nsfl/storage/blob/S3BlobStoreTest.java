package io.nsfl.storage.blob;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.storage.BlobStores;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real S3 server in this process whose buckets are directories. */
class S3BlobStoreTest implements S3BlobStoreContract {
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
                .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, USER, PASSWORD)
                .v4MaxNonChunkedRequestSize(64L << 20)
                .build();
        server.start();
        store = BlobStores.open(settings(USER, PASSWORD));
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
    void saysThatNobodyAnswers() throws Exception {
        server.stop();

        S3BlobStoreContract.refused(
                Fault.STORAGE_UNAVAILABLE, "check that it runs", () -> store.put("work/f", content("x")));
        S3BlobStoreContract.refused(Fault.STORAGE_UNAVAILABLE, "check that it runs", () -> store.stat("work/f"));
        S3BlobStoreContract.refused(
                Fault.STORAGE_UNAVAILABLE, "check that it runs", () -> store.append("work/f", 0, content("x"), 1));
    }

    @Override
    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getPort());
    }

    private static ByteArrayInputStream content(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }
}
