package io.nsfl.executor.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.executor.state.TaskState;
import io.nsfl.protocol.v1.TaskEndedRequest;
import io.nsfl.protocol.v1.TaskKind;
import io.nsfl.sandbox.Isolation;
import io.nsfl.sandbox.PlainProcesses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A script in a sandbox sees less than its executor. Links that it leaves in its workspace must not make the executor read or write for it
 * what it cannot reach itself.
 */
class LinkedFilesTest {
    private static final String SECRET = "what scripts must not see";

    @TempDir
    Path directory;

    private TaskScenario task;
    private Path secret;

    @BeforeEach
    void set() throws IOException {
        task = new TaskScenario(directory.toRealPath(), new PlainProcesses(Isolation.NONE));
        secret = Files.writeString(directory.resolve("secret"), SECRET);
    }

    @Test
    void tellsNothingOfAFileThatTheLogWasLinkedTo() throws Exception {
        TaskEndedRequest end = task.shell(link("script.log"), "exit 3").evaluate();

        assertThat(end.getFailure().getMessage()).contains("exit code 3").doesNotContain(SECRET);
    }

    @Test
    void writesNoLogThroughALinkWhenTheTaskIsStartedAgain() throws Exception {
        task.shell(link("script.log"), "exit 3").evaluate();

        task.shell("echo again; exit 4");
        TaskEndedRequest end =
                task.run(task.request(TaskKind.TASK_KIND_EVALUATE).setStart(2));

        assertThat(end.getFailure().getMessage()).endsWith("again");
        assertThat(secret).hasContent(SECRET);
    }

    @Test
    void writesNoErrorThroughALink() throws Exception {
        task.shell(link("error.log"), "echo the reason; exit 3").evaluate();

        assertThat(secret).hasContent(SECRET);
        assertThat(task.lines("error.log")).last().isEqualTo("the reason");
    }

    @Test
    void takesNoMetricsFromALink() throws Exception {
        Files.writeString(secret, "{\"sample_num\": 42}");

        TaskEndedRequest end = task.shell(link("metrics.json")).evaluate();

        assertThat(end.getFailure().getCode()).isEqualTo("RESULT_MISSING");
    }

    @Test
    void readsNoTaskConfigThroughALinkOfAnEarlierStart() throws Exception {
        task.shell(link("scripts/task.json"), "exit 3").evaluate();

        TaskEndedRequest end =
                task.run(task.request(TaskKind.TASK_KIND_EVALUATE).setStart(2));

        assertThat(end.getFailure().getCode()).isEqualTo("TASK_CONFIG_INVALID");
        assertThat(end.getFailure().getMessage()).doesNotContain(SECRET, SECRET.substring(0, 4));
    }

    @Test
    void leavesNoLinkOfAnEarlierStartForWhoReadsScripts() throws Exception {
        task.shell("mkdir -p \"$TASK_WORKSPACE/scripts/deep\"", link("scripts/deep/Main.java"), "exit 3")
                .evaluate();

        task.shell("exit 4");
        task.run(task.request(TaskKind.TASK_KIND_EVALUATE).setStart(2));

        assertThat(task.workspace.resolve("scripts/deep")).isEmptyDirectory();
        assertThat(secret).hasContent(SECRET);
    }

    @Test
    void runsNoScriptsOfAnotherTask() throws Exception {
        Path other = Files.createDirectories(directory.toRealPath().resolve("other_running/scripts"));
        Files.writeString(other.resolve("run.sh"), "exit 0");
        task.config("{\"script_path\": \"../../other_running/scripts\","
                + " \"evaluate\": {\"command\": \"sh\", \"entry\": \"run.sh\"}}");

        TaskEndedRequest end = task.evaluate();

        assertThat(end.getFailure().getCode()).isEqualTo("TASK_CONFIG_INVALID");
        assertThat(end.getFailure().getMessage()).contains("another task's");
    }

    @Test
    void takesNoStateThroughALink() throws Exception {
        Path state = Files.createDirectories(directory.resolve("elsewhere"));
        Files.writeString(state.resolve("residual.safetensors"), SECRET);
        Files.createSymbolicLink(task.workspace.resolve("state_in"), state);

        assertThat(new TaskState(task.workspace).kept("residual")).isEmpty();
    }

    private String link(String name) {
        return "rm -f \"$TASK_WORKSPACE/%s\"; ln -s '%s' \"$TASK_WORKSPACE/%s\"".formatted(name, secret, name);
    }
}
