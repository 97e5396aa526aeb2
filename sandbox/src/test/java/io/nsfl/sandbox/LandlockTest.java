package io.nsfl.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On the real kernel: what a command can still do. */
class LandlockTest {
    private static final Map<String, String> ENVIRONMENT = Map.of("PATH", "/usr/local/bin:/usr/bin:/bin");

    @TempDir
    Path directory;

    private Path own;
    private Path secrets;
    private Path kept;
    private Path shared;
    private Path beside;

    @BeforeEach
    void make() throws IOException {
        own = Files.createDirectories(directory.resolve("own"));
        secrets = Files.createDirectories(directory.resolve("secrets/workload"));
        Files.writeString(secrets.resolve("secrets.json"), "a secret");
        Files.writeString(Files.createDirectories(secrets.resolve("public")).resolve("file"), "shown");
        kept = Files.writeString(directory.resolve("key.pem"), "a key");
        shared = Files.createDirectories(directory.resolve("shared"));
        beside = Files.writeString(directory.resolve("beside"), "readable");
        Files.createSymbolicLink(directory.resolve("link"), secrets);
    }

    private Landlock landlock(boolean network) {
        Optional<Landlock> found = new Landlock(
                        List.of(secrets, kept, directory.resolve("absent")),
                        List.of(secrets.resolve("public")),
                        List.of(shared, directory),
                        network)
                .ifItWorks(ENVIRONMENT);
        assumeTrue(found.isPresent(), "No Landlock in this kernel");
        return found.get();
    }

    private String run(String script) throws Exception {
        return run(landlock(true), "sh", "-c", script, "sh", directory.toString());
    }

    private String run(Landlock landlock, String... script) throws Exception {
        List<String> command = new ArrayList<>(landlock.command(List.of(own)));
        command.addAll(List.of(script));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        process.waitFor();
        return said;
    }

    @Test
    void readsWhatIsNotHidden() throws Exception {
        assertThat(run("cat $1/beside")).isEqualTo("readable");
    }

    @Test
    void opensNothingThatIsHidden() throws Exception {
        assertThat(run("cat $1/secrets/workload/secrets.json $1/link/secrets.json; "
                        + "cd $1/secrets/workload && cat ../../secrets/workload/secrets.json"))
                .contains("denied")
                .doesNotContain("a secret");
    }

    @Test
    void writesToItsOwnDirectoryOnly() throws Exception {
        run(
                "echo mine > $1/own/file; echo other > $1/beside; echo new > $1/new; rm $1/beside; mv $1/own/file $1/moved");

        assertThat(own.resolve("file")).hasContent("mine");
        assertThat(beside).hasContent("readable");
        assertThat(directory.resolve("new")).doesNotExist();
        assertThat(directory.resolve("moved")).doesNotExist();
    }

    @Test
    void reachesNothingOfAProcessOutside() throws Exception {
        long outside = ProcessHandle.current().pid();

        assertThat(run("readlink /proc/" + outside + "/exe || echo denied")).endsWith("denied");
    }

    @Test
    void readsWhatIsShownWithinWhatIsHidden() throws Exception {
        assertThat(run("cat $1/secrets/workload/public/file")).isEqualTo("shown");
    }

    @Test
    void hidesSingleFiles() throws Exception {
        assertThat(run("cat $1/key.pem")).contains("denied").doesNotContain("a key");
    }

    @Test
    void writesWhereAllMayButNotWhereSomethingIsHidden() throws Exception {
        run("echo new > $1/shared/file; echo new > $1/secrets/file");

        assertThat(shared.resolve("file")).hasContent("new");
        assertThat(directory.resolve("secrets/file")).doesNotExist();
    }

    @Test
    void makesNoSocketsTowardsOtherMachinesWithoutNetwork() throws Exception {
        String attempts = """
                import socket
                for family in socket.AF_INET, socket.AF_INET6:
                    for kind in socket.SOCK_STREAM, socket.SOCK_DGRAM:
                        try:
                            socket.socket(family, kind)
                            print("made", family, kind)
                        except PermissionError:
                            pass
                one, other = socket.socketpair()
                one.send(b"heard")
                print(other.recv(5).decode())
                """;

        assertThat(run(landlock(false), "python3", "-c", attempts)).isEqualTo("heard");
        assertThat(run(landlock(true), "python3", "-c", attempts)).contains("made");
    }

    @Test
    void isTheSameProcessAndPassesItsEndOn() throws Exception {
        List<String> command = new ArrayList<>(landlock(true).command(List.of(own)));
        command.addAll(List.of("sh", "-c", "echo $$; exit 7"));
        Process process = new ProcessBuilder(command).start();

        assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip())
                .isEqualTo(Long.toString(process.pid()));
        assertThat(process.waitFor()).isEqualTo(7);
    }

    @Test
    void startsWithinTheMemoryOfOneScriptAndTellsWhenItIsIn() throws Exception {
        Process process = limited("ulimit -d; echo moved > $1/elsewhere/file", directory.toString());

        Landlock.awaitEntry(process);
        Files.move(own, directory.resolve("elsewhere"));
        process.getOutputStream().close();

        assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip())
                .isEqualTo("131072");
        process.waitFor();
        assertThat(directory.resolve("elsewhere/file"))
                .as("rights go with the directory")
                .hasContent("moved");
    }

    @Test
    void saysWhyAProcessIsNotIn() {
        assertThatThrownBy(() -> Landlock.awaitEntry(new ProcessBuilder("sh", "-c", "echo no room").start()))
                .isInstanceOf(IOException.class)
                .hasMessage("no room");
    }

    private Process limited(String script, String argument) throws IOException {
        Isolation isolation = new Isolation(List.of(), Optional.of(landlock(true)), 128 << 20, 0);
        // Waits for a line, so that the directory can be moved before.
        return new ProcessBuilder(
                        isolation.limited(List.of("sh", "-c", "read line; " + script, "sh", argument), List.of(own)))
                .redirectErrorStream(true)
                .start();
    }

    @Test
    void isNamed() {
        assertThat(new Isolation(List.of(), Optional.of(landlock(true)), 0, 0).describe())
                .contains("Landlock");
        assertThat(Isolation.NONE.describe()).doesNotContain("sandbox");
    }
}
