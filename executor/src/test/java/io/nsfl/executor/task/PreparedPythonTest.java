package io.nsfl.executor.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nsfl.executor.script.PreparedPython;
import io.nsfl.protocol.v1.TaskEndedRequest;
import io.nsfl.protocol.v1.TaskKind;
import io.nsfl.sandbox.Isolation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scripts forked from the prepared process of the Python SDK; needs any python3. */
class PreparedPythonTest {
    private static final String CONFIG =
            "{\"evaluate\": {\"command\": \"python3\", \"entry\": \"run.py\", \"params\": {\"--epochs\": 1}}}";
    private static final String METRICS = "import neursafe_fl as nsfl; nsfl.commit_metrics({'sample_num': 4})";

    @TempDir
    Path directory;

    private PreparedPython python;
    private TaskScenario task;

    @BeforeEach
    void start() throws IOException {
        Map<String, String> environment =
                Map.of("PATH", System.getenv("PATH"), "HOME", System.getProperty("user.home"));
        Path sdk = Path.of("..", "sdk", "python").toAbsolutePath().normalize();
        assumeTrue(Files.isDirectory(sdk.resolve("neursafe_fl")));
        python = new PreparedPython("python3", sdk, environment, directory.resolve("prepared.log"), Isolation.NONE);
        task = new TaskScenario(directory.toRealPath(), python, sdk).config(CONFIG);
    }

    @AfterEach
    void stop() {
        if (python != null) {
            python.close();
        }
    }

    @Test
    void runsTheScriptAsIfItHadBeenStartedByItself() throws Exception {
        task.script("beside.py", "VALUE = 5")
                .script(
                        "run.py",
                        "import os, sys, beside",
                        METRICS,
                        "seen = open(os.path.join(os.environ['TASK_WORKSPACE'], 'seen'), 'w')",
                        "print(__name__, sys.argv, os.getcwd(), beside.VALUE, sorted(os.environ), sep='\\n', file=seen)");

        TaskEndedRequest end = task.evaluate();

        assertThat(end.getFailure().getMessage()).isEmpty();
        assertThat(end.getMetricsMap()).containsEntry("sample_num", 4.0);
        assertThat(task.lines("seen").subList(0, 4))
                .containsExactly(
                        "__main__",
                        "['run.py', '--epochs', '1']",
                        task.workspace.resolve("scripts").toString(),
                        "5");
        assertThat(task.lines("seen").get(4)).doesNotContain("HOME").contains("TASK_WORKSPACE");
    }

    @Test
    void failsWithTheScriptsOwnTraceback() throws Exception {
        TaskEndedRequest end = task.script("run.py", "def f():", "    raise ValueError('boom')", "f()")
                .evaluate();

        assertThat(end.getFailure().getCode()).isEqualTo("SCRIPT_FAILED");
        assertThat(end.getFailure().getMessage())
                .contains("exit code 1", "run.py\", line 3", "ValueError: boom")
                .doesNotContain("_prepared");
    }

    @Test
    void passesExitCodesOn() throws Exception {
        TaskEndedRequest end =
                task.script("run.py", "import sys", "sys.exit(7)").evaluate();

        assertThat(end.getFailure().getMessage()).contains("exit code 7");
    }

    @Test
    void isNeverBlockedByAChattyScript() throws Exception {
        TaskEndedRequest end = task.script(
                        "run.py", "import sys", METRICS, "for _ in range(400): sys.stderr.write('x' * 100000 + '\\n')")
                .evaluate();

        assertThat(end.hasFailure()).isFalse();
        assertThat(Files.size(task.workspace.resolve("script.log"))).isLessThanOrEqualTo(8 << 20);
    }

    @Test
    void runsTheNextScriptAfterOneThatHungWasKilled() throws Exception {
        task.script(
                "run.py",
                "import os, subprocess, time",
                "subprocess.Popen(['sleep', '1000'], start_new_session=True)",
                "open(os.path.join(os.environ['TASK_WORKSPACE'], 'ready'), 'w')",
                "time.sleep(1000)");
        var hanging = task.request(TaskKind.TASK_KIND_EVALUATE);
        task.desk.run(hanging.build());
        task.awaitFile("ready");
        task.desk.cancel(hanging.getDescription().getTask(), "enough");
        assertThat(task.end().getFailure().getMessage()).contains("enough");

        task.script("run.py", METRICS);
        var next = task.request(TaskKind.TASK_KIND_EVALUATE);
        next.getDescriptionBuilder().getTaskBuilder().setRound(2);

        assertThat(task.run(next).hasFailure()).isFalse();
    }

    @Test
    void endsTheScriptsOfAPreparedProcessThatDies() throws Exception {
        task.script(
                "run.py",
                "import os, signal",
                "open(os.path.join(os.environ['TASK_WORKSPACE'], 'starts'), 'a').write('x\\n')",
                "os.kill(os.getppid(), signal.SIGKILL)",
                "signal.pause()");

        TaskEndedRequest end = task.evaluate();
        TaskEndedRequest again =
                task.run(task.request(TaskKind.TASK_KIND_EVALUATE).setStart(1));

        assertThat(end.getFailure().getCode()).isEqualTo("SCRIPT_KILLED");
        assertThat(again.getFailure().getCode()).isEqualTo("SCRIPT_KILLED");
        assertThat(task.lines("starts")).hasSize(2);
    }

    @Test
    void quotesThePreparedProcessWhenTheSdkIsBroken() throws Exception {
        Path broken = Files.createDirectories(directory.resolve("sdk"));
        Path module = Files.createDirectories(broken.resolve("neursafe_fl"));
        Files.writeString(module.resolve("__init__.py"), "raise ImportError('half an installation')\n");

        TaskEndedRequest end =
                preparedBy("python3", broken).script("run.py", METRICS).evaluate();

        assertThat(end.getFailure().getCode()).isEqualTo("SCRIPT_FAILED");
        assertThat(end.getFailure().getMessage())
                .contains("run.py could not be started", "exit value 1", "ImportError: half an installation");
    }

    @Test
    void quotesThePreparedProcessWhenThereIsNoInterpreter() throws Exception {
        TaskScenario missing = preparedBy("no-such-python", directory).script("run.py", METRICS);

        TaskEndedRequest end = missing.evaluate();
        TaskEndedRequest again =
                missing.run(missing.request(TaskKind.TASK_KIND_EVALUATE).setStart(1));

        assertThat(end.getFailure().getCode()).isEqualTo("SCRIPT_FAILED");
        assertThat(end.getFailure().getMessage()).contains("exit value 127", "no-such-python");
        assertThat(again.getFailure().getMessage()).isEqualTo(end.getFailure().getMessage());
    }

    @Test
    void quotesThePreparedProcessThatClosedItsRequests() throws Exception {
        Path deaf = Files.writeString(directory.resolve("deaf"), """
                #!/bin/sh
                exec <&-
                echo 'cannot hear' >&2
                touch %s
                """.formatted(directory.resolve("closed")));
        assertThat(deaf.toFile().setExecutable(true)).isTrue();
        TaskScenario unheard = preparedBy(deaf.toString(), directory).script("run.py", METRICS);
        python.prepare();
        Await.until(() -> Files.exists(directory.resolve("closed")));

        TaskEndedRequest end = unheard.evaluate();

        assertThat(end.getFailure().getCode()).isEqualTo("SCRIPT_FAILED");
        assertThat(end.getFailure().getMessage()).contains("before it started any script", "cannot hear");
    }

    @Test
    void quotesThePreparedProcessThatSaysNothingSensible() throws Exception {
        Path chatty = Files.writeString(directory.resolve("chatty"), "#!/bin/sh\necho hello\necho why >&2\ncat\n");
        assertThat(chatty.toFile().setExecutable(true)).isTrue();

        TaskEndedRequest end = preparedBy(chatty.toString(), directory)
                .script("run.py", METRICS)
                .evaluate();

        assertThat(end.getFailure().getCode()).isEqualTo("SCRIPT_FAILED");
        assertThat(end.getFailure().getMessage()).contains("is not understood");
    }

    @Test
    void namesTheSdkThatIsNotThere() throws Exception {
        TaskEndedRequest end = preparedBy("python3", directory.resolve("nowhere"))
                .script("run.py", METRICS)
                .evaluate();

        assertThat(end.getFailure().getCode()).isEqualTo("SCRIPT_FAILED");
        assertThat(end.getFailure().getMessage()).contains("does not start", "nowhere");
    }

    private TaskScenario preparedBy(String interpreter, Path sdk) throws IOException {
        python.close();
        python = new PreparedPython(
                interpreter,
                sdk,
                Map.of("PATH", System.getenv("PATH")),
                directory.resolve("broken.log"),
                Isolation.NONE);
        return new TaskScenario(directory.toRealPath(), python, sdk).config(CONFIG);
    }
}
