package io.nsfl.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SandboxTest {
    private static final Map<String, String> ENVIRONMENT = Map.of("PATH", "/usr/local/bin:/usr/bin:/bin");

    @TempDir
    Path directory;

    private Path workspace;
    private Path own;
    private Path store;
    private Path key;

    @BeforeEach
    void make() throws IOException {
        workspace = Files.createDirectories(directory.resolve("workspace"));
        own = Files.createDirectories(workspace.resolve(".nsfl"));
        store = Files.createDirectories(directory.resolve("lmdb"));
        key = Files.writeString(directory.resolve("tls.key"), "a key");
    }

    private Sandbox.Rules rules(boolean network) {
        return new Sandbox.Rules(
                List.of(workspace, directory.resolve("absent")), List.of(own), List.of(), List.of(store, key), network);
    }

    private String program(String... lines) throws IOException {
        Path file = Files.writeString(directory.resolve("bwrap"), "#!/bin/sh\n" + String.join("\n", lines) + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return file.toString();
    }

    /** Forgets its options and becomes the command. */
    private String harmless() throws IOException {
        return program("while [ \"$1\" != -- ]; do shift; done", "shift", "exec \"$@\"");
    }

    @Test
    void isNotUsedWhereItIsNotInstalled() {
        assertThat(Sandbox.find(directory.resolve("none").toString(), rules(true), ENVIRONMENT))
                .isEmpty();
    }

    @Test
    void isNotUsedWhereTheKernelDoesNotAllowIt() throws IOException {
        String refusing = program("echo 'bwrap: No permissions to create new namespace' >&2", "exit 1");

        assertThat(Sandbox.find(refusing, rules(true), ENVIRONMENT)).isEmpty();
    }

    @Test
    void isNotUsedWhereTheWorkspaceCannotBeWrittenInIt() throws IOException {
        String readOnly = program("exit 1");

        assertThat(Sandbox.find(readOnly, rules(true), ENVIRONMENT)).isEmpty();
    }

    @Test
    void showsTheMachineReadOnlyButForTheWorkspaceAndHidesTheStore() throws IOException {
        List<String> command = Sandbox.find(harmless(), rules(true), ENVIRONMENT);

        String line = String.join(" ", command);
        assertThat(line)
                .contains(
                        "--ro-bind / /",
                        "--bind " + workspace + " " + workspace,
                        "--ro-bind " + own + " " + own,
                        "--tmpfs " + store,
                        "--ro-bind /dev/null " + key,
                        "--cap-drop ALL")
                .doesNotContain("absent", "--unshare-net")
                .endsWith("--");
        assertThat(line.indexOf("--bind " + workspace)).isLessThan(line.indexOf("--ro-bind " + own));
    }

    @Test
    void cutsTheNetworkOffWhereThatIsConfigured() throws IOException {
        assertThat(Sandbox.find(harmless(), rules(false), ENVIRONMENT)).contains("--unshare-net");
    }
}
