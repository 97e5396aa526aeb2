package io.nsfl.ctl.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nsfl.ctl.api.ApiConnection;
import io.nsfl.ctl.api.ModelsApi;
import io.nsfl.ctl.config.CtlConfig;
import io.nsfl.ctl.output.ProgressLine;
import io.nsfl.protocol.fault.FaultException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** Transfers over connections that are cut, to a real S3 server and to a manager of models over REST. */
final class BrokenConnectionIT {
    private static final int SIZE = 5 * Parts.SMALLEST + 4_321;
    private static final int MEGABYTE = 1 << 20;

    @TempDir
    Path directory;

    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
    private S3Proxy store;
    private ContentServer manager;
    private CuttingProxy toStore;
    private CuttingProxy toManager;
    private Path file;

    @BeforeEach
    void serve() throws Exception {
        Files.createDirectories(directory.resolve("root/default"));
        store = S3Proxy.builder()
                .blobStore(new FilesystemNio2BlobStore(directory.resolve("root").toString()))
                .endpoint(URI.create("http://127.0.0.1:0"))
                .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, "me", "secret-of-mine")
                .v4MaxNonChunkedRequestSize(64L << 20)
                .build();
        store.start();
        manager = new ContentServer();
        toStore = new CuttingProxy(store.getPort());
        toManager = new CuttingProxy(manager.port());
        byte[] bytes = new byte[SIZE];
        new Random(1).nextBytes(bytes);
        file = Files.write(directory.resolve("model.h5"), bytes);
    }

    @AfterEach
    void stop() throws Exception {
        toStore.close();
        toManager.close();
        manager.close();
        store.stop();
    }

    @Test
    void sendsAFileToTheStoreOverConnectionsThatAreCut() throws IOException {
        toStore.cut(2, 3 * MEGABYTE);

        new Upload(store(), screen()).send(file, "default", "m/model.h5");

        assertThat(toStore.made()).isEqualTo(2);
        assertThat(directory.resolve("root/default/m/model.h5")).hasSameBinaryContentAs(file);
        assertThat(shown.toString(StandardCharsets.UTF_8)).contains("100.00%").contains("40.00MB");
    }

    @Test
    void goesOnWithAnUploadToTheStoreThatFailed() throws IOException {
        toStore.endAfter(3 * Parts.SMALLEST + 2 * MEGABYTE);
        assertThatThrownBy(() -> new Upload(store(), screen()).send(file, "default", "m/model.h5"))
                .isInstanceOf(FaultException.class)
                .hasMessageContaining("does not answer");
        assertThat(directory.resolve("root/default/m/model.h5")).doesNotExist();
        toStore.heal();

        new Upload(store(), screen()).send(file, "default", "m/model.h5");

        assertThat(toStore.carried()).isLessThan(SIZE);
        assertThat(directory.resolve("root/default/m/model.h5")).hasSameBinaryContentAs(file);
    }

    @Test
    void fetchesAFileFromTheStoreOverConnectionsThatAreCut() throws IOException {
        new Upload(store(), screen()).send(file, "default", "m/model.h5");
        RemoteFile remote = store().open("default", "m/model.h5", "model.h5");
        toStore.cut(2, 3 * MEGABYTE);

        Path fetched = new Download(screen()).fetch(remote, directory.resolve("here"));

        assertThat(toStore.made()).isEqualTo(2);
        assertThat(fetched).hasSameBinaryContentAs(file);
    }

    @Test
    void sendsAFileToTheManagerOverConnectionsThatAreCut() {
        toManager.cut(2, 3 * MEGABYTE);

        new ModelUpload(models(), Optional.empty(), screen(), attempt -> {}).send(file, ContentServer.detail());

        assertThat(toManager.made()).isEqualTo(2);
        assertThat(manager.content()).isEqualTo(bytes());
        assertThat(manager.reports()).doesNotContain("failed");
    }

    @Test
    void goesOnWithAnUploadToTheManagerThatFailed() {
        toManager.endAfter(2 * Parts.SMALLEST + 2 * MEGABYTE);
        assertThatThrownBy(() -> new ModelUpload(models(), Optional.empty(), screen(), attempt -> {})
                        .send(file, ContentServer.detail()))
                .isInstanceOf(FaultException.class)
                .hasMessageContaining("does not answer");
        int before = manager.content().length;
        assertThat(before).isPositive().isLessThan(SIZE);
        toManager.heal();

        new ModelUpload(models(), Optional.empty(), screen(), attempt -> {}).send(file, ContentServer.detail());

        assertThat(toManager.carried()).isLessThan(SIZE - before + MEGABYTE);
        assertThat(manager.content()).isEqualTo(bytes());
    }

    @Test
    void fetchesAFileFromTheManagerOverConnectionsThatAreCutAndGoesOnLater() throws IOException {
        manager.hold(bytes());
        Path here = directory.resolve("here");
        toManager.cut(2, 3 * MEGABYTE);
        assertThat(new Download(screen()).fetch(remote(), here)).hasSameBinaryContentAs(file);
        assertThat(toManager.made()).isEqualTo(2);
        Files.delete(here.resolve("model.h5"));

        RemoteFile remote = remote();
        toManager.endAfter(2 * Parts.SMALLEST + 2 * MEGABYTE);
        assertThatThrownBy(() -> new Download(screen()).fetch(remote, here)).hasMessageContaining("does not answer");
        toManager.heal();
        assertThat(here.resolve("model.h5")).doesNotExist();
        assertThat(new Download(screen()).fetch(remote(), here)).hasSameBinaryContentAs(file);
    }

    private RemoteFile remote() {
        ModelsApi models = models();
        ObjectNode detail = ContentServer.detail();
        ModelsApi.Held held = models.held(detail);
        return new RemoteFile(
                "model.h5", held.length(), held.digest(), (offset, length) -> models.read(detail, offset, length));
    }

    private byte[] bytes() {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private ProgressLine.Screen screen() {
        return new ProgressLine.Screen(
                new PrintStream(shown, true, StandardCharsets.UTF_8), false, 80, () -> Instant.EPOCH);
    }

    private DataServer store() {
        return new DataServer(config());
    }

    private ModelsApi models() {
        return new ModelsApi(new ApiConnection(config()));
    }

    private CtlConfig config() {
        return new CtlConfig(
                Optional.of("127.0.0.1:" + toManager.port()),
                Optional.of("127.0.0.1:" + toStore.port()),
                Optional.empty(),
                Optional.of("me"),
                Optional.of("secret-of-mine"),
                Optional.empty());
    }
}
