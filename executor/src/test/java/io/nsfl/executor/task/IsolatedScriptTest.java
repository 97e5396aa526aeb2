package io.nsfl.executor.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nsfl.executor.script.PreparedPython;
import io.nsfl.protocol.v1.TaskEndedRequest;
import io.nsfl.protocol.v1.TaskKind;
import io.nsfl.sandbox.Isolation;
import io.nsfl.sandbox.Landlock;
import io.nsfl.sandbox.PlainProcesses;
import io.nsfl.sandbox.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scripts with limits; and in a real sandbox, where the machine that tests has one. */
class IsolatedScriptTest {
    private static final String METRICS =
            "echo '{\"sample_num\": 3, \"loss\": 0.5}' > \"$TASK_WORKSPACE/metrics.json\"";
    private static final String PYTHON_TASK =
            "{\"evaluate\": {\"command\": \"python3\", \"entry\": \"run.py\", \"timeout\": 2}}";
    private static final String GREEDY = "data = bytearray(1 << 30)";
    private static final Isolation LIMITED = Isolation.limits(256 << 20, 0);

    @TempDir
    Path directory;

    private Map<String, String> environment() {
        return Map.of("PATH", System.getenv("PATH"), "HOME", System.getProperty("user.home"));
    }

    private static Path sdk() {
        return Path.of("..", "sdk", "python").toAbsolutePath().normalize();
    }

    /** The workspace of the client is the directory of the tests; what a script must not touch lies in {@code .nsfl} and {@code lmdb}. */
    private Isolation sandboxed() throws IOException {
        Path root = directory.toRealPath();
        Files.createDirectories(root.resolve(".nsfl"));
        Files.createDirectories(root.resolve("lmdb"));
        Files.writeString(root.resolve("lmdb/identity"), "secret");
        List<String> sandbox = Sandbox.find(
                "bwrap",
                new Sandbox.Rules(
                        List.of(root), List.of(root.resolve(".nsfl")), List.of(), List.of(root.resolve("lmdb")), true),
                environment());
        assumeFalse(sandbox.isEmpty(), "No bubblewrap that works on this machine");
        return new Isolation(sandbox, Optional.empty(), 0, 0);
    }

    private TaskScenario plain(Isolation isolation) throws IOException {
        return new TaskScenario(directory.toRealPath(), new PlainProcesses(isolation));
    }

    @Test
    void writesNoCoreFiles() throws Exception {
        TaskScenario task = plain(Isolation.NONE);

        task.shell("ulimit -c > \"$TASK_WORKSPACE/core\"; " + METRICS).evaluate();

        assertThat(task.lines("core")).containsExactly("0");
    }

    @Test
    void runsOutOfMemoryAtTheOwnersLimit() throws Exception {
        TaskEndedRequest end =
                plain(LIMITED).script("run.py", GREEDY).config(PYTHON_TASK).evaluate();

        assertThat(end.getFailure().getCode()).isEqualTo("SCRIPT_OUT_OF_MEMORY");
        assertThat(end.getFailure().getMessage()).contains("MemoryError");
    }

    @Test
    void limitsForksOfAPreparedProcessToo() throws Exception {
        try (PreparedPython python =
                new PreparedPython("python3", sdk(), environment(), directory.resolve("prepared.log"), LIMITED)) {
            TaskEndedRequest end = new TaskScenario(directory.toRealPath(), python, sdk())
                    .script("run.py", GREEDY)
                    .config(PYTHON_TASK)
                    .evaluate();

            assertThat(end.getFailure().getCode()).isEqualTo("SCRIPT_OUT_OF_MEMORY");
        }
    }

    @Test
    void writesInItsWorkspaceOnlyAndSeesNoSecretsInTheSandbox() throws Exception {
        TaskScenario task = plain(sandboxed());
        Path root = directory.toRealPath();

        TaskEndedRequest end = task.shell(
                        "touch " + root.resolve(".nsfl/x") + " 2>/dev/null && echo own >> \"$TASK_WORKSPACE/wrote\"",
                        "touch /usr/nsfl-test 2>/dev/null && echo usr >> \"$TASK_WORKSPACE/wrote\"",
                        "cat " + root.resolve("lmdb/identity") + " >> \"$TASK_WORKSPACE/wrote\" 2>/dev/null",
                        "echo end >> \"$TASK_WORKSPACE/wrote\"",
                        METRICS)
                .evaluate();

        assertThat(end.getFailure().getMessage()).isEmpty();
        assertThat(task.lines("wrote")).containsExactly("end");
    }

    @Test
    void runsForksOfAPreparedProcessInTheSandbox() throws Exception {
        try (PreparedPython python =
                new PreparedPython("python3", sdk(), environment(), directory.resolve("prepared.log"), sandboxed())) {
            TaskEndedRequest end = new TaskScenario(directory.toRealPath(), python, sdk())
                    .script(
                            "run.py",
                            "import os, neursafe_fl as nsfl",
                            "assert not os.path.exists('"
                                    + directory.toRealPath().resolve("lmdb/identity") + "')",
                            "nsfl.commit_metrics({'sample_num': 4})")
                    .config(PYTHON_TASK)
                    .evaluate();

            assertThat(end.getFailure().getMessage()).isEmpty();
            assertThat(end.getMetricsMap()).containsEntry("sample_num", 4.0);
        }
    }

    @Test
    void makesNoSocketTowardsOthersWithoutNetwork() throws Exception {
        Optional<Landlock> landlock = new Landlock(List.of(), List.of(), List.of(), false).ifItWorks(environment());
        assumeTrue(landlock.isPresent(), "No Landlock in this kernel");
        Isolation isolation = new Isolation(List.of(), landlock, 0, 0);
        try (PreparedPython python =
                new PreparedPython("python3", sdk(), environment(), directory.resolve("prepared.log"), isolation)) {
            TaskEndedRequest end = new TaskScenario(directory.toRealPath(), python, sdk())
                    .script(
                            "run.py",
                            "import socket, neursafe_fl as nsfl",
                            "refused = 0",
                            "for kind in socket.SOCK_STREAM, socket.SOCK_DGRAM:",
                            "    try:",
                            "        socket.socket(socket.AF_INET, kind)",
                            "    except PermissionError:",
                            "        refused += 1",
                            "socket.socketpair()",
                            "nsfl.commit_metrics({'sample_num': 1, 'refused': refused})")
                    .config(PYTHON_TASK)
                    .evaluate();

            assertThat(end.getFailure().getMessage()).isEmpty();
            assertThat(end.getMetricsMap()).containsEntry("refused", 2.0);
        }
    }

    @Test
    void runsNoForkThatCannotBeConfined() throws Exception {
        Landlock landlock = new Landlock(List.of(), List.of(), List.of(), true);
        Isolation isolation = new Isolation(List.of(), Optional.of(landlock), 0, 0);
        // As a kernel without Landlock answers.
        Path package_ = Files.createDirectories(directory.resolve("sdk/neursafe_fl"));
        try (Stream<Path> files = Files.walk(sdk().resolve("neursafe_fl"))) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".py")).toList()) {
                Path copy = package_.resolve(
                        sdk().resolve("neursafe_fl").relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.writeString(
                        copy,
                        Files.readString(file)
                                .replace(
                                        "_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444",
                                        "_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 1444"));
            }
        }
        try (PreparedPython python = new PreparedPython(
                "python3", package_.getParent(), environment(), directory.resolve("prepared.log"), isolation)) {
            TaskScenario task = new TaskScenario(directory.toRealPath(), python, package_.getParent());
            TaskEndedRequest end = task.script("run.py", "open('ran', 'w')")
                    .config(PYTHON_TASK)
                    .evaluate();

            assertThat(end.getFailure().getMessage()).contains("Function not implemented");
            assertThat(task.workspace.resolve("scripts/ran")).doesNotExist();
        }
    }

    @Test
    void isKilledInTheSandboxWhenItRunsTooLong() throws Exception {
        TaskScenario task =
                plain(sandboxed()).shell("(setsid sleep 1000 &) ; touch \"$TASK_WORKSPACE/ready\"; sleep 1000");
        task.desk.run(task.request(TaskKind.TASK_KIND_EVALUATE).build());
        task.awaitFile("ready");

        task.timers.advance(Duration.ofMinutes(2));

        assertThat(task.end().getFailure().getCode()).isEqualTo("SCRIPT_TIMEOUT");
    }

    @Test
    void tellsASignalFromAnExitInTheSandbox() throws Exception {
        TaskEndedRequest end = plain(sandboxed()).shell("kill -SEGV $$").evaluate();

        assertThat(end.getFailure().getMessage()).contains("signal 11");
    }
}
