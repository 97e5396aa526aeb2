package io.nsfl.modelmanager;

import static org.assertj.core.api.Assertions.assertThat;

import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.ServerVersion;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import io.nsfl.modelmanager.ModelManagerFixture.Answer;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a real database and a real object store. */
class ModelManagerIT {
    private static final String MODELS = "/namespaces/default/models";
    private static final String CONTENT = MODELS + "/mnist/versions/V0/content";

    @TempDir
    private Path root;

    @Test
    void keepsModelsInPostgresAndTheirFilesOnARealObjectStoreOverARestart() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder().setPort(0).start()) {
            keepsModelsOverARestart(List.of(
                    "--nsfl.model-manager.db-type=postgreSQL",
                    "--nsfl.model-manager.db-address=127.0.0.1:" + postgres.getPort(),
                    "--nsfl.model-manager.db-username=postgres",
                    "--nsfl.model-manager.db-name=postgres"));
        }
    }

    @Test
    void keepsModelsInMongoAndTheirFilesOnARealObjectStoreOverARestart() throws Exception {
        MongoServer mongo = new MongoServer(new MemoryBackend().version(ServerVersion.MONGO_5_0));
        mongo.bind(new InetSocketAddress("127.0.0.1", 0));
        try {
            keepsModelsOverARestart(List.of(
                    "--nsfl.model-manager.db-type=mongo",
                    "--nsfl.model-manager.db-address=127.0.0.1:"
                            + mongo.getLocalAddress().getPort()));
        } finally {
            mongo.shutdownNow();
        }
    }

    private void keepsModelsOverARestart(List<String> database) throws Exception {
        S3Proxy server = S3Proxy.builder()
                .blobStore(new FilesystemNio2BlobStore(root.toString()))
                .endpoint(URI.create("http://127.0.0.1:0"))
                .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, "user", "password")
                .v4MaxNonChunkedRequestSize(64L << 20)
                .build();
        server.start();
        List<String> arguments = new ArrayList<>(database);
        arguments.addAll(List.of(
                "--nsfl.model-manager.storage-type=s3",
                "--nsfl.model-manager.storage-endpoint=http://127.0.0.1:" + server.getPort(),
                "--nsfl.model-manager.access-key=user",
                "--nsfl.model-manager.secret-key=password"));
        try (ModelManagerFixture manager = new ModelManagerFixture(root, null, null, arguments)) {
            byte[] bytes = new byte[9_000_000];
            new Random(9).nextBytes(bytes);
            manager.create("mnist");
            Answer half = manager.send(
                    "PUT",
                    CONTENT,
                    Arrays.copyOfRange(bytes, 0, 5_000_000),
                    Map.of("Content-Range", "bytes 0-4999999/9000000"));
            assertThat(half.status()).as(half.body()).isEqualTo(202);
            manager.restart();
            assertThat(manager.send("HEAD", CONTENT, null).header("upload-offset"))
                    .isEqualTo("5000000");
            Answer done = manager.send(
                    "PUT",
                    CONTENT,
                    Arrays.copyOfRange(bytes, 5_000_000, 9_000_000),
                    Map.of(
                            "Content-Range",
                            "bytes 5000000-8999999/9000000",
                            "X-Checksum-Sha256",
                            ModelManagerFixture.sha256(bytes)));
            assertThat(done.status()).as(done.body()).isEqualTo(200);
            assertThat(Files.size(root.resolve("models/default/mnist/V0/init.h5")))
                    .isEqualTo(9_000_000);
            assertThat(manager.send("GET", CONTENT, null).bytes()).isEqualTo(bytes);

            manager.put("default/out/final.h5", "trained");
            Answer copied = manager.send(
                    "POST", MODELS, "{\"name\":\"mnist\",\"runtime\":\"tf\",\"model_path\":\"default:/out/final.h5\"}");
            assertThat(copied.text("id")).isEqualTo("default-mnist-V1");
            manager.awaitState("default-mnist-V1", "ready");
            manager.restart();
            assertThat(manager.send("GET", MODELS + "/mnist/versions/V1/content", null)
                            .body())
                    .isEqualTo("trained");
            assertThat(manager.send("DELETE", MODELS + "/mnist", null).status()).isEqualTo(200);
            ModelManagerFixture.until(() -> manager.send("GET", MODELS, null).status() == 404, () -> "still there");
            assertThat(Files.exists(root.resolve("models/default/mnist/V0/init.h5")))
                    .isFalse();
        } finally {
            server.stop();
        }
    }
}
