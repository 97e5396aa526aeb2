package io.nsfl.taskmanager.launch;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.nsfl.protocol.ids.Runtime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Interpreters are small programs of the test, so that no framework has to be there. */
class WorkingRuntimesTest {
    @TempDir
    Path directory;

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void listen() {
        log.start();
        ((Logger) LoggerFactory.getLogger(WorkingRuntimes.class)).addAppender(log);
    }

    @AfterEach
    void deaf() {
        ((Logger) LoggerFactory.getLogger(WorkingRuntimes.class)).detachAppender(log);
    }

    private String interpreter(String name, String body) throws IOException {
        Path file = Files.writeString(directory.resolve(name), "#!/bin/sh\n" + body + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return file.toString();
    }

    private static WorkingRuntimes probe(Set<Runtime> wanted, Map<Runtime, String> pythons, boolean javaSdk) {
        return WorkingRuntimes.probe(
                new WorkingRuntimes.Probes(wanted, pythons, javaSdk, Map.of("PATH", "/usr/bin:/bin", "MARK", "1")),
                Runnable::run);
    }

    @Test
    void announcesNoRuntimeWhoseImportFailsAndSaysWhy() throws IOException {
        String broken = interpreter("broken", "echo \"ModuleNotFoundError: No module named 'torch'\" >&2; exit 1");
        String working = interpreter("working", "exit 0");

        WorkingRuntimes runtimes =
                probe(EnumSet.allOf(Runtime.class), Map.of(Runtime.PYTORCH, broken, Runtime.TENSORFLOW, working), true);

        assertThat(runtimes.now()).containsExactlyInAnyOrder(Runtime.TENSORFLOW, Runtime.DL4J);
        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .anySatisfy(line ->
                        assertThat(line).contains("pytorch is not offered", "import torch", "No module named 'torch'"));
    }

    @Test
    void triesTheImportOfTheFramework() throws IOException {
        String python = interpreter("python", "echo \"$MARK $*\" > " + directory.resolve("asked"));

        assertThat(probe(Set.of(Runtime.TENSORFLOW), Map.of(Runtime.TENSORFLOW, python), false)
                        .now())
                .containsExactly(Runtime.TENSORFLOW);

        assertThat(Files.readString(directory.resolve("asked"))).isEqualTo("1 -c import tensorflow\n");
    }

    @Test
    void announcesNoRuntimeWithoutItsInterpreter() {
        WorkingRuntimes runtimes = probe(
                Set.of(Runtime.TENSORFLOW),
                Map.of(Runtime.TENSORFLOW, directory.resolve("absent").toString()),
                false);

        assertThat(runtimes.now()).isEmpty();
        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .anySatisfy(line -> assertThat(line).contains("tensorflow is not offered"));
    }

    @Test
    void leavesOutWhatTheOwnerDoesNotAllow() {
        assertThat(probe(Set.of(), Map.of(), true).now()).isEmpty();
        assertThat(probe(Set.of(Runtime.DL4J), Map.of(), false).now()).isEmpty();
    }
}
