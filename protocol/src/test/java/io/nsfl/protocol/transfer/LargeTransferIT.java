package io.nsfl.protocol.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * 3 GB through either end with less than 64 MB of buffers: each end is a JVM whose whole heap is 24 MB and whose direct memory is 36 MB, so that
 * a transfer that needed more would end with an OutOfMemoryError.
 */
@Timeout(600)
class LargeTransferIT {
    private static final long SIZE = 3L << 30;

    @TempDir
    Path directory;

    private Path source;
    private Process server;
    private int port;

    @BeforeEach
    void serve() throws IOException {
        source = SparseFile.create(directory.resolve("source"), SIZE);
        server = start("serve", source.toString(), directory.resolve("received").toString());
        port = Integer.parseInt(firstLine(server));
    }

    @AfterEach
    void stop() throws IOException, InterruptedException {
        server.getOutputStream().close();
        server.destroy();
        server.waitFor();
    }

    @Test
    void fetchesThreeGigabytesWithSmallBuffers() throws Exception {
        Process client = start(
                "fetch", Integer.toString(port), directory.resolve("fetched").toString());

        assertThat(firstLine(client)).isEqualTo(Long.toString(SIZE));
        assertThat(client.waitFor()).isZero();
        assertThat(Files.size(directory.resolve("fetched"))).isEqualTo(SIZE);
    }

    @Test
    void submitsThreeGigabytesWithSmallBuffers() throws Exception {
        Process client = start("submit", Integer.toString(port), source.toString());

        assertThat(firstLine(client)).isEqualTo(Long.toString(SIZE));
        assertThat(client.waitFor()).isZero();
        assertThat(Files.size(directory.resolve("received"))).isEqualTo(SIZE);
    }

    private static Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Xmx24m",
                "-XX:MaxDirectMemorySize=36m",
                "-XX:+UseSerialGC",
                "-XX:+ExitOnOutOfMemoryError",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                TransferProcess.class.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Null when the process ended without a word. */
    private static String firstLine(Process process) throws IOException {
        BufferedReader out = process.inputReader();
        return out.readLine();
    }
}
