package io.nsfl.taskmanager;

import io.nsfl.protocol.ids.Runtime;
import io.nsfl.protocol.v1.ArtifactKind;
import io.nsfl.protocol.v1.ClientEvent;
import io.nsfl.taskmanager.fetch.ScriptPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

/** A whole client with its store, its channels and executor processes against a server that is part of the test. */
abstract class ClientScenario {
    @TempDir
    Path directory;

    TestServer server;
    ConfigurableApplicationContext client;

    @BeforeEach
    final void open() throws IOException {
        server = new TestServer();
        Files.createDirectories(workspace());
        Files.createDirectories(seen());
        prepare();
        start();
    }

    @AfterEach
    final void close() {
        client.close();
        server.close();
        executors().forEach(ProcessHandle::destroyForcibly);
        // Their supervisors note the end before they go.
        await("nothing of it is left", () -> processes().isEmpty());
    }

    /** What the server has for its tasks, and where the client's programs are. */
    abstract void prepare() throws IOException;

    abstract Map<Runtime, String> pythons() throws IOException;

    abstract Path installation();

    final void start() throws IOException {
        client = TaskManagerApplication.start(properties());
        await("the client registered", () -> server.heard(ClientEvent.EventCase.REGISTER));
    }

    private TaskManagerProperties properties() throws IOException {
        return new TaskManagerProperties(
                server.address(),
                "test",
                "0.0.0.0:22000",
                22000,
                "linux",
                directory.resolve("lmdb"),
                workspace(),
                workspace(),
                Optional.empty(),
                1024,
                "INFO",
                true,
                List.of(),
                Set.of(Runtime.of(server.runtime).orElseThrow()),
                pythons(),
                -1,
                0,
                0,
                0,
                ScriptPolicy.ACCEPT_ALL,
                new ScriptSandbox(true, false, true, List.of(seen())),
                Duration.ofSeconds(300),
                Optional.of(installation()),
                ServerAccess.PLAIN,
                MaskingPolicy.DEFAULT,
                Optional.empty());
    }

    /** Where scripts may write beside their own workspaces. */
    final Path seen() {
        return directory.resolve("seen");
    }

    final Path workspace() {
        return directory.resolve("workspace");
    }

    final void artifact(String name, ArtifactKind kind, Path file) {
        server.artifacts.put(name, file);
        server.kinds.put(name, kind);
    }

    /** How often scripts were started: each adds a line. */
    final long starts() {
        try {
            Path starts = seen().resolve("starts");
            return Files.exists(starts) ? Files.readAllLines(starts).size() : 0;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The executors' programs. */
    final List<ProcessHandle> executors() {
        return processes().stream()
                .filter(process -> process.info()
                        .command()
                        .filter(command -> command.endsWith("java"))
                        .isPresent())
                .toList();
    }

    /** The executors' programs and supervisors. */
    final List<ProcessHandle> processes() {
        return ProcessHandle.allProcesses()
                .filter(process -> process.info()
                        .commandLine()
                        .filter(line -> line.contains(workspace() + "/.nsfl/executors"))
                        .isPresent())
                .toList();
    }

    static void await(String what, BooleanSupplier condition) {
        for (int looks = 0; looks < 6000; looks++) {
            if (condition.getAsBoolean()) {
                return;
            }
            try {
                new CountDownLatch(1).await(10, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        throw new AssertionError("Within 60 s it did not happen that " + what);
    }
}
