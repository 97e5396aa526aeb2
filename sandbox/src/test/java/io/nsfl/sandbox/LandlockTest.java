package io.nsfl.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
    private Path beside;

    @BeforeEach
    void make() throws IOException {
        own = Files.createDirectories(directory.resolve("own"));
        secrets = Files.createDirectories(directory.resolve("secrets/workload"));
        Files.writeString(secrets.resolve("secrets.json"), "a secret");
        beside = Files.writeString(directory.resolve("beside"), "readable");
        Files.createSymbolicLink(directory.resolve("link"), secrets);
    }

    private Sandbox.Rules rules() {
        return new Sandbox.Rules(
                List.of(own), List.of(), List.of(), List.of(secrets, directory.resolve("absent")), false);
    }

    private String run(String script) throws Exception {
        List<String> command = new ArrayList<>(Sandbox.landlock(rules(), ENVIRONMENT));
        assumeFalse(command.isEmpty(), "No Landlock in this kernel");
        command.addAll(List.of("sh", "-c", script, "sh", directory.toString()));
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
    void isTheSameProcessAndPassesItsEndOn() throws Exception {
        List<String> command = new ArrayList<>(Sandbox.landlock(rules(), ENVIRONMENT));
        assumeFalse(command.isEmpty(), "No Landlock in this kernel");
        command.addAll(List.of("sh", "-c", "echo $$; exit 7"));
        Process process = new ProcessBuilder(command).start();

        assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip())
                .isEqualTo(Long.toString(process.pid()));
        assertThat(process.waitFor()).isEqualTo(7);
    }

    @Test
    void isNamed() {
        List<String> command = LandlockProgram.command(List.of(own), List.of(), true);

        assertThat(new Isolation(command, 0).describe()).contains("Landlock");
        assertThat(command).doesNotContain("--offline");
    }

    @Test
    void doesNotPretendToKeepSomethingReadOnlyWithinSomethingWritable() {
        Sandbox.Rules rules = new Sandbox.Rules(List.of(directory), List.of(own), List.of(), List.of(), true);

        assertThatThrownBy(() -> Sandbox.landlock(rules, ENVIRONMENT)).isInstanceOf(IllegalArgumentException.class);
    }
}
