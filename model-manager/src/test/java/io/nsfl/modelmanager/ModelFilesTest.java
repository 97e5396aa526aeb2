package io.nsfl.modelmanager;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.modelmanager.ModelManagerFixture.Answer;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.storage.BlobStores;
import io.nsfl.storage.blob.BlobSettings;
import io.nsfl.storage.blob.BlobStore;
import io.nsfl.storage.document.memory.MemoryDocumentStore;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the files of models arrive, leave and are removed. */
class ModelFilesTest {
    private static final String MODELS = "/namespaces/default/models";
    private static final String ID = "default-mnist-V0";
    private static final String FILE = "models/default/mnist/V0/init.h5";
    private static final String CONTENT = MODELS + "/mnist/versions/V0/content";
    private static final String COPY =
            "{\"name\":\"mnist\",\"runtime\":\"tf\",\"model_path\":\"default:/out/init.h5\"}";

    @TempDir
    private Path workspace;

    private final AtomicInteger copyFailures = new AtomicInteger();
    private final AtomicInteger deleteFailures = new AtomicInteger();
    private ModelManagerFixture manager;

    @BeforeEach
    void start() {
        BlobStore files = BlobStores.open(new BlobSettings.Posix(workspace));
        manager = new ModelManagerFixture(workspace, new MemoryDocumentStore(), faulty(files), List.of());
    }

    @AfterEach
    void stop() {
        manager.close();
    }

    /** The store, which fails for as often as it is told. */
    private BlobStore faulty(BlobStore files) {
        return (BlobStore) Proxy.newProxyInstance(
                BlobStore.class.getClassLoader(), new Class<?>[] {BlobStore.class}, (proxy, method, given) -> {
                    AtomicInteger failures = method.getName().equals("copy")
                            ? copyFailures
                            : method.getName().equals("deleteTree") ? deleteFailures : new AtomicInteger();
                    if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                        throw new FaultException(Fault.STORAGE_UNAVAILABLE, "The store is away.");
                    }
                    try {
                        return method.invoke(files, given);
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    }
                });
    }

    @Test
    void isReadyWhenTheUploaderSaysSoAndTheFileIsThere() {
        manager.create("mnist");
        manager.put(FILE, "weights");
        Answer note = manager.send("PUT", "/models?model_id=" + ID, "{\"state\":\"uploading\",\"progress\":40}");
        assertThat(note.text("state")).isEqualTo("unready");
        assertThat(note.json().path("progress").asInt()).isEqualTo(40);

        Answer done = manager.send("PUT", MODELS + "/mnist?version=V0", "{\"state\":\"success\",\"progress\":\"100\"}");

        assertThat(done.status()).isEqualTo(200);
        assertThat(done.text("state")).isEqualTo("ready");
        assertThat(done.json().path("size").asInt()).isEqualTo(7);
        assertThat(manager.state(ID)).isEqualTo("ready");
    }

    @Test
    void believesNoSuccessWithoutAFile() {
        manager.create("mnist");
        Answer claimed = manager.send("PUT", "/models?model_id=" + ID, "{\"state\":\"success\"}");
        assertThat(claimed.text("state")).isEqualTo("error");
        assertThat(claimed.text("error_msg")).contains(FILE);
    }

    @Test
    void keepsTheReasonOfAFailedUpload() {
        manager.create("mnist");
        manager.send("PUT", "/models?model_id=" + ID, "{\"state\":\"failed\",\"reason\":\"disk full\"}");
        assertThat(manager.byId(ID).text("error_msg")).contains("disk full");
        assertThat(manager.send("PUT", "/models?model_id=" + ID, "{}").status()).isEqualTo(400);
        assertThat(manager.send("PUT", "/models?model_id=" + ID, "{\"progress\":101}")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void countsASilentUploadAsErrorUntilItIsHeardOfAgain() {
        manager.create("mnist");
        manager.time().advance(Duration.ofSeconds(9));
        manager.send("PUT", "/models?model_id=" + ID, "{\"state\":\"uploading\",\"progress\":10}");
        manager.time().advance(Duration.ofSeconds(9));
        // The watchdog looks in the model's mailbox, and a report waits for its turn there.
        assertThat(manager.send("PUT", "/models?model_id=" + ID, "{\"state\":\"uploading\"}")
                        .text("state"))
                .isEqualTo("unready");

        silence();
        manager.awaitState(ID, "error");

        manager.put(FILE, "late");
        manager.send("PUT", "/models?model_id=" + ID, "{\"state\":\"success\"}");
        assertThat(manager.state(ID)).isEqualTo("ready");
    }

    @Test
    void watchesAnUploadAgainAfterARestart() {
        manager.create("mnist");
        manager.restart();
        ModelManagerFixture.until(() -> manager.time().pending() == 1, () -> "nothing is watched");
        manager.time().advance(Duration.ofSeconds(9));
        assertThat(manager.state(ID)).isEqualTo("unready");
        silence();
        manager.awaitState(ID, "error");
    }

    private void silence() {
        ModelManagerFixture.until(
                () -> {
                    manager.time().advance(Duration.ofSeconds(10));
                    return manager.state(ID).equals("error");
                },
                () -> manager.byId(ID).body());
    }

    @Test
    void copiesWithinTheStore() throws IOException {
        manager.put("default/out/init.h5", "trained");
        Answer created = manager.send("POST", MODELS, COPY);
        assertThat(created.status()).isEqualTo(201);
        assertThat(created.text("model_path")).isEqualTo("default:/out/init.h5");

        manager.awaitState(ID, "ready");

        assertThat(Files.readString(workspace.resolve(FILE))).isEqualTo("trained");
        assertThat(manager.send("GET", CONTENT, null).body()).isEqualTo("trained");
    }

    @Test
    void saysThatTheSourceIsMissing() {
        manager.send("POST", MODELS, COPY);
        manager.awaitState(ID, "error");
        assertThat(manager.byId(ID).text("error_msg")).isEqualTo("Not found src.");
    }

    @Test
    void triesACopyAgainThreeTimes() {
        copyFailures.set(3);
        manager.put("default/out/init.h5", "trained");
        manager.send("POST", MODELS, COPY);
        manager.create("other");
        ModelManagerFixture.until(
                () -> {
                    manager.time().advance(Duration.ofSeconds(10));
                    return manager.state(ID).equals("ready");
                },
                () -> manager.byId(ID).body());
        assertThat(copyFailures.get()).isZero();
    }

    @Test
    void givesUpACopyAfterThat() {
        copyFailures.set(100);
        manager.put("default/out/init.h5", "trained");
        manager.send("POST", MODELS, COPY);
        silence();
        assertThat(copyFailures.get()).isEqualTo(96);
        assertThat(manager.byId(ID).text("error_msg")).isEqualTo("Storage internal error.");
    }

    @Test
    void takesUpAnUnfinishedCopyAfterARestart() {
        copyFailures.set(1);
        manager.put("default/out/init.h5", "trained");
        manager.send("POST", MODELS, COPY);
        ModelManagerFixture.until(() -> copyFailures.get() == 0, () -> "not tried");
        manager.restart();
        manager.awaitState(ID, "ready");
    }

    @Test
    void takesAndGivesBytes() {
        manager.create("mnist");
        byte[] bytes = random(3_000_000);
        Answer taken =
                manager.send("PUT", CONTENT, bytes, Map.of("X-Checksum-Sha256", ModelManagerFixture.sha256(bytes)));
        assertThat(taken.status()).isEqualTo(200);
        assertThat(taken.text("state")).isEqualTo("ready");
        assertThat(taken.text("sha256")).isEqualTo(ModelManagerFixture.sha256(bytes));

        Answer all = manager.send("GET", CONTENT, null);
        assertThat(all.status()).isEqualTo(200);
        assertThat(all.bytes()).isEqualTo(bytes);
        Answer head = manager.send("HEAD", CONTENT, null);
        assertThat(head.header("content-length")).isEqualTo("3000000");
        assertThat(head.header("etag")).isEqualTo("\"" + ModelManagerFixture.sha256(bytes) + "\"");
        Answer part = manager.send("GET", CONTENT, new byte[0], Map.of("Range", "bytes=1000-1999"));
        assertThat(part.status()).isEqualTo(206);
        assertThat(part.header("content-range")).isEqualTo("bytes 1000-1999/3000000");
        assertThat(part.bytes()).isEqualTo(Arrays.copyOfRange(bytes, 1000, 2000));
        Answer tail = manager.send("GET", CONTENT, new byte[0], Map.of("Range", "bytes=-5"));
        assertThat(tail.bytes()).isEqualTo(Arrays.copyOfRange(bytes, 2_999_995, 3_000_000));
        assertThat(manager.send("GET", CONTENT, new byte[0], Map.of("Range", "bytes=3000000-"))
                        .status())
                .isEqualTo(416);
        assertThat(manager.send("GET", CONTENT, new byte[0], Map.of("If-None-Match", head.header("etag")))
                        .status())
                .isEqualTo(304);
        assertThat(manager.send("PUT", CONTENT, bytes, Map.of()).status()).isEqualTo(409);
    }

    @Test
    void goesOnWithAnUploadThatWasCutOverARestart() throws IOException {
        manager.create("mnist");
        byte[] bytes = random(2_000_000);
        try (Socket socket = new Socket("127.0.0.1", manager.port())) {
            OutputStream out = socket.getOutputStream();
            out.write(("PUT /api/v1" + CONTENT + " HTTP/1.1\r\nHost: here\r\nContent-Length: 2000000\r\n"
                            + "Content-Range: bytes 0-1999999/2000000\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            out.write(bytes, 0, 700_000);
            out.flush();
        }
        ModelManagerFixture.until(() -> held() > 0, () -> "nothing is held");
        manager.restart();
        int held = held();
        assertThat(held).isPositive().isLessThanOrEqualTo(700_000);

        Answer wrong = manager.send(
                "PUT", CONTENT, Arrays.copyOfRange(bytes, 0, 1000), Map.of("Content-Range", "bytes 0-999/2000000"));
        assertThat(wrong.status()).isEqualTo(409);
        assertThat(wrong.header("upload-offset")).isEqualTo(String.valueOf(held));

        int half = held + 1000;
        Answer more = manager.send(
                "PUT",
                CONTENT,
                Arrays.copyOfRange(bytes, held, half),
                Map.of("Content-Range", "bytes %d-%d/2000000".formatted(held, half - 1)));
        assertThat(more.status()).isEqualTo(202);
        assertThat(more.header("upload-offset")).isEqualTo(String.valueOf(half));
        Map<String, String> last = Map.of(
                "Content-Range",
                "bytes %d-1999999/2000000".formatted(half),
                "X-Checksum-Sha256",
                ModelManagerFixture.sha256(bytes));
        byte[] rest = Arrays.copyOfRange(bytes, half, bytes.length);
        assertThat(manager.send("PUT", CONTENT, rest, last).status()).isEqualTo(200);
        // As after an answer that was lost.
        assertThat(manager.send("PUT", CONTENT, rest, last).status()).isEqualTo(200);
        assertThat(manager.send("GET", CONTENT, null).bytes()).isEqualTo(bytes);
    }

    private int held() {
        String held = manager.send("HEAD", CONTENT, null).header("upload-offset");
        return held.isEmpty() ? 0 : Integer.parseInt(held);
    }

    @Test
    void takesNothingWhoseChecksumIsWrong() {
        manager.create("mnist");
        Answer refused = manager.send("PUT", CONTENT, random(1000), Map.of("X-Checksum-Sha256", "0".repeat(64)));
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.text("code")).isEqualTo("TRANSFER_CORRUPT");
        assertThat(manager.state(ID)).isEqualTo("error");
        assertThat(Files.exists(workspace.resolve(FILE))).isFalse();
        assertThat(manager.send("PUT", CONTENT, random(1000), Map.of("Content-Range", "bytes 5-1/3"))
                        .status())
                .isEqualTo(409);
        assertThat(manager.send("PUT", CONTENT, random(1000), Map.of("Content-Range", "5-1/3"))
                        .status())
                .isEqualTo(400);
        assertThat(manager.send("PUT", CONTENT, random(1000), Map.of()).status())
                .isEqualTo(200);
    }

    @Test
    void deletesTheFileWithTheModel() {
        manager.create("mnist");
        manager.send("PUT", CONTENT, random(10), Map.of());
        assertThat(manager.send("DELETE", MODELS + "/mnist", null).status()).isEqualTo(200);
        assertThat(manager.byId(ID).status()).isEqualTo(404);
        assertThat(Files.exists(workspace.resolve("models/default/mnist/V0"))).isFalse();
    }

    @Test
    void deletesAllVersionsOrNone() {
        manager.create("mnist");
        manager.send("PUT", CONTENT, random(10), Map.of());
        manager.create("mnist");
        assertThat(manager.send("DELETE", MODELS + "/mnist", null).status()).isEqualTo(400);
        assertThat(manager.state(ID)).isEqualTo("ready");
    }

    @Test
    void goesOnWithADeletionAfterARestart() {
        manager.create("mnist");
        manager.send("PUT", CONTENT, random(10), Map.of());
        deleteFailures.set(1);
        assertThat(manager.send("DELETE", "/models?model_id=" + ID, null).status())
                .isEqualTo(200);
        assertThat(manager.state(ID)).isEqualTo("deleting");
        assertThat(manager.send("DELETE", "/models?model_id=" + ID, null).status())
                .isEqualTo(400);
        manager.restart();
        ModelManagerFixture.until(() -> manager.byId(ID).status() == 404, () -> "still there");
        assertThat(Files.exists(workspace.resolve(FILE))).isFalse();
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }
}
