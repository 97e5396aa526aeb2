package io.nsfl.executor.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.nsfl.executor.script.PreparedPython;
import io.nsfl.protocol.v1.TaskEndedRequest;
import io.nsfl.protocol.v1.TaskKind;
import io.nsfl.sandbox.Isolation;
import io.nsfl.sandbox.PlainProcesses;
import io.nsfl.sandbox.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scripts with limits; and in a real sandbox, where the machine that tests has one. */
class IsolatedScriptTest {
    private static final String METRICS =
            "echo '{\"sample_num\": 3, \"loss\": 0.5}' > \"$TASK_WORKSPACE/metrics.json\"";
    private static final String PYTHON_TASK =
            "{\"evaluate\": {\"command\": \"python3\", \"entry\": \"run.py\", \"timeout\": 2}}";
    private static final String GREEDY = "data = bytearray(1 << 30)";
    private static final Isolation LIMITED = new Isolation(List.of(), 256 << 20);

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
        return new Isolation(sandbox, 0);
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
