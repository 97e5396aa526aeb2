package io.nsfl.storage.blob;

import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.minio.BucketExistsArgs;
import io.minio.ListObjectsArgs;
import io.minio.MinioClient;
import io.minio.RemoveBucketArgs;
import io.minio.RemoveObjectArgs;
import io.minio.Result;
import io.minio.messages.Item;
import io.minio.messages.ListAllMyBucketsResult;
import io.nsfl.storage.BlobStores;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Against a real MinIO server, whose program the environment variable {@value #PROGRAM} names; left out where it names none. */
class MinioBlobStoreIT implements S3BlobStoreContract {
    private static final String PROGRAM = "NSFL_MINIO";

    @TempDir
    private static Path root;

    private static Process server;
    private static int port;
    private static MinioClient administrator;

    private BlobStore store;

    @BeforeAll
    static void startServer() throws Exception {
        String program = System.getenv(PROGRAM);
        assumeThat(program)
                .as("Name the program of a MinIO server in %s to hold the contract against it.", PROGRAM)
                .isNotBlank();
        port = freePort();
        ProcessBuilder command = new ProcessBuilder(
                        program, "server", root.resolve("data").toString(), "--address", "127.0.0.1:" + port, "--quiet")
                .redirectErrorStream(true)
                .redirectOutput(root.resolve("log").toFile());
        command.environment().put("MINIO_ROOT_USER", USER);
        command.environment().put("MINIO_ROOT_PASSWORD", PASSWORD);
        command.environment().put("MINIO_BROWSER", "off");
        command.environment().put("HOME", root.toString());
        server = command.start();
        administrator = client();
        await().atMost(Duration.ofSeconds(60))
                .ignoreExceptions()
                .until(() -> !administrator.bucketExists(
                        BucketExistsArgs.builder().bucket("absent").build()));
    }

    @AfterAll
    static void stopServer() throws Exception {
        if (server != null) {
            administrator.close();
            server.destroy();
            server.waitFor(60, TimeUnit.SECONDS);
        }
    }

    @BeforeEach
    void openStore() throws Exception {
        for (ListAllMyBucketsResult.Bucket bucket : administrator.listBuckets()) {
            for (Result<Item> item : administrator.listObjects(ListObjectsArgs.builder()
                    .bucket(bucket.name())
                    .recursive(true)
                    .build())) {
                administrator.removeObject(RemoveObjectArgs.builder()
                        .bucket(bucket.name())
                        .object(item.get().objectName())
                        .build());
            }
            administrator.removeBucket(
                    RemoveBucketArgs.builder().bucket(bucket.name()).build());
        }
        store = BlobStores.open(settings(USER, PASSWORD));
        store.makeBucket("work");
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    @Override
    public BlobStore store() {
        return store;
    }

    @Override
    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + port);
    }

    private static MinioClient client() {
        return MinioClient.builder()
                .endpoint("http://127.0.0.1:" + port)
                .region("us-east-1")
                .credentials(USER, PASSWORD)
                .build();
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }
}
