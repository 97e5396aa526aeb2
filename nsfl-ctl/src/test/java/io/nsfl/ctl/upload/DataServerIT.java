package io.nsfl.ctl.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minio.CreateMultipartUploadArgs;
import io.minio.MinioAsyncClient;
import io.minio.UploadPartArgs;
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
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files to and from a real S3 server. */
final class DataServerIT {
    @TempDir
    Path directory;

    private S3Proxy proxy;
    private DataServer server;

    @BeforeEach
    void serve() throws Exception {
        Files.createDirectories(directory.resolve("root/default"));
        proxy = S3Proxy.builder()
                .blobStore(new FilesystemNio2BlobStore(directory.resolve("root").toString()))
                .endpoint(URI.create("http://127.0.0.1:0"))
                .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, "me", "secret-of-mine")
                .v4MaxNonChunkedRequestSize(64L << 20)
                .build();
        proxy.start();
        server = new DataServer(config("secret-of-mine"));
    }

    @AfterEach
    void stop() throws Exception {
        proxy.stop();
    }

    @Test
    void sendsALargeFileInPartsAndFetchesItWhole() throws IOException {
        Path file = file("model.h5", 2 * Parts.SMALLEST + 12_345);

        Shown sent = put(file);

        assertThat(sent.text()).contains("100.00%").contains("16.01MB");
        RemoteFile remote = server.open("default", "m/model.h5", "model.h5");
        Path fetched = new Download(screen(new ByteArrayOutputStream())).fetch(remote, directory.resolve("here"));
        assertThat(fetched).isEqualTo(directory.resolve("here/model.h5")).hasSameBinaryContentAs(file);
        try (var left = Files.list(directory.resolve("here"))) {
            assertThat(left).containsExactly(fetched);
        }
    }

    @Test
    void continuesAnUploadWithThePartsThatItLacks() throws Exception {
        Path file = file("model.h5", 2 * Parts.SMALLEST + 5);
        try (MinioAsyncClient client = MinioAsyncClient.builder()
                .endpoint("http://127.0.0.1:" + proxy.getPort())
                .credentials("me", "secret-of-mine")
                .region("us-east-1")
                .build()) {
            String upload = client.createMultipartUpload(CreateMultipartUploadArgs.builder()
                            .bucket("default")
                            .object("m/model.h5")
                            .build())
                    .join()
                    .result()
                    .uploadId();
            byte[] first = Arrays.copyOf(Files.readAllBytes(file), Parts.SMALLEST);
            client.uploadPart(UploadPartArgs.builder()
                            .bucket("default")
                            .object("m/model.h5")
                            .uploadId(upload)
                            .partNumber(1)
                            .data(first, first.length)
                            .build())
                    .join();
        }

        Shown sent = put(file);

        // Two of three parts in three looks at the clock: what was held does not count for the speed.
        assertThat(sent.text()).contains("100.00%").contains("2.67MB/s");
        assertThat(directory.resolve("root/default/m/model.h5")).hasSameBinaryContentAs(file);
    }

    @Test
    void sendsNothingWhereTheSameFileIsThere() throws IOException {
        Path file = file("scripts.py", 1_000);
        put(file);

        Shown again = put(file);

        assertThat(again.text()).contains("100.00%").contains("0.00B/s");
    }

    @Test
    void sendsAFileAnewThatHasChangedOrIsEmpty() throws IOException {
        put(file("a.txt", 1_000));
        Path changed = file("a.txt", 1_000, 2);
        put(changed);
        assertThat(server.get("default", "m/a.txt", 2_000)).isEqualTo(Files.readAllBytes(changed));
        put(file("empty", 0));
        assertThat(server.get("default", "m/empty", 10)).isEmpty();
    }

    @Test
    void continuesADownload() throws IOException {
        Path file = file("model.h5", 3 * Parts.SMALLEST);
        byte[] bytes = Files.readAllBytes(file);
        AtomicInteger read = new AtomicInteger();
        RemoteFile remote = new RemoteFile("model.h5", bytes.length, "tag", (offset, length) -> {
            read.addAndGet(length);
            return Arrays.copyOfRange(bytes, (int) offset, (int) offset + length);
        });
        Path here = Files.createDirectories(directory.resolve("here"));
        Files.write(here.resolve(".model.h5.tag.part"), Arrays.copyOf(bytes, Parts.SMALLEST + 7));

        Path fetched = new Download(screen(new ByteArrayOutputStream())).fetch(remote, here);

        assertThat(fetched).hasSameBinaryContentAs(file);
        assertThat(read).hasValue(2 * Parts.SMALLEST - 7);
    }

    @Test
    void keepsNoFileThatArrivedDamaged() {
        String wrong = "0".repeat(64);
        RemoteFile remote = new RemoteFile("model.h5", 3, wrong, (offset, length) -> new byte[length]);
        assertThatThrownBy(() ->
                        new Download(screen(new ByteArrayOutputStream())).fetch(remote, directory.resolve("here")))
                .isInstanceOf(FaultException.class)
                .hasMessageContaining("damaged")
                .hasMessageContaining("repeat");
        assertThat(directory.resolve("here")).isEmptyDirectory();
    }

    @Test
    void saysWhatToDoWhereTheServerRefuses() throws IOException {
        Path file = file("a", 10);
        ProgressLine line = screen(new ByteArrayOutputStream()).file("a", 10);
        assertThatThrownBy(() -> new DataServer(config("another-secret")).put("default", "a", file, line))
                .isInstanceOf(FaultException.class);
        assertThatThrownBy(() -> new DataServer(config("another-secret")).buckets())
                .hasMessageContaining("set config -u USER -p");
        assertThat(server.hasBucket("absent")).isFalse();
        assertThat(server.hasBucket("default")).isTrue();
    }

    private record Shown(String text) {}

    private Shown put(Path file) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new Upload(server, screen(bytes)).send(file, "default", "m/" + file.getFileName());
        return new Shown(bytes.toString(StandardCharsets.UTF_8));
    }

    /** A second passes at each look at the clock. */
    private static ProgressLine.Screen screen(ByteArrayOutputStream bytes) {
        Instant[] now = {Instant.EPOCH};
        return new ProgressLine.Screen(
                new PrintStream(bytes, true, StandardCharsets.UTF_8), false, 80, () -> now[0] = now[0].plusSeconds(1));
    }

    private Path file(String name, int size) throws IOException {
        return file(name, size, 1);
    }

    private Path file(String name, int size, long seed) throws IOException {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return Files.write(directory.resolve(name), bytes);
    }

    private CtlConfig config(String password) {
        return new CtlConfig(
                Optional.empty(),
                Optional.of("127.0.0.1:" + proxy.getPort()),
                Optional.empty(),
                Optional.of("me"),
                Optional.of(password),
                Optional.empty());
    }
}
