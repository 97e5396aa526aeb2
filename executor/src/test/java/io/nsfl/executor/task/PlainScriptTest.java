package io.nsfl.executor.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.protocol.v1.Resources;
import io.nsfl.protocol.v1.RunTaskRequest;
import io.nsfl.protocol.v1.TaskEndedRequest;
import io.nsfl.protocol.v1.TaskKind;
import io.nsfl.sandbox.Isolation;
import io.nsfl.sandbox.PlainProcesses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlainScriptTest {
    private static final String METRICS =
            "echo '{\"sample_num\": 3, \"loss\": 0.5}' > \"$TASK_WORKSPACE/metrics.json\"";

    @TempDir
    Path directory;

    private TaskScenario task;

    @BeforeEach
    void set() throws IOException {
        task = new TaskScenario(directory.toRealPath(), new PlainProcesses(Isolation.NONE));
    }

    @Test
    void reportsTheMetricsThatTheScriptCommitted() throws Exception {
        TaskEndedRequest end = task.shell(METRICS).evaluate();

        assertThat(end.hasFailure()).isFalse();
        assertThat(end.getMetricsMap()).isEqualTo(Map.of("sample_num", 3.0, "loss", 0.5));
        assertThat(end.getUpdateFile()).isEmpty();
    }

    @Test
    void runsInTheDirectoryOfTheTaskConfigWithJobParametersOverItsOwn() throws Exception {
        task.script(
                        "run.sh",
                        "pwd > \"$TASK_WORKSPACE/seen\"; for a; do echo \"$a\" >> \"$TASK_WORKSPACE/seen\"; done",
                        METRICS)
                .config("{\"evaluate\": {\"command\": \"sh\", \"entry\": \"run.sh\","
                        + " \"params\": {\"--epochs\": 1, \"--lr\": 0.10, \"--fast\": null, \"--deep\": true}}}");
        var request = task.request(TaskKind.TASK_KIND_EVALUATE);
        request.getDescriptionBuilder().setParametersJson("{\"--epochs\": 3, \"--quiet\": 0}");

        task.run(request);

        assertThat(task.lines("seen"))
                .containsExactly(
                        task.workspace.resolve("scripts").toString(),
                        "--epochs",
                        "3",
                        "--lr",
                        "0.10",
                        "--fast",
                        "--deep",
                        "True",
                        "--quiet");
    }

    @Test
    void givesTheScriptNothingOfTheExecutorsEnvironment() throws Exception {
        task.shell("env | cut -d= -f1 | sort > \"$TASK_WORKSPACE/seen\"", METRICS);
        var request = task.request(TaskKind.TASK_KIND_EVALUATE).setDatasetsFile("/data/datasets.json");
        request.getDescriptionBuilder()
                .setSeed(7)
                .setOptimizerName("fedprox")
                .setOptimizerParamsJson("{\"mu\": 0.6, \"a\": 1}");

        task.run(request);

        assertThat(task.lines("seen"))
                .containsExactlyInAnyOrder(
                        "PATH",
                        "TMPDIR",
                        "TASK_RUNTIME",
                        "TASK_WORKSPACE",
                        "DATASETS",
                        "PYTHONPATH",
                        "OPTIMIZER_NAME",
                        "OPTIMIZER_PARAMS",
                        "NSFL_SEED",
                        "PWD");
    }

    @Test
    void failsWithTheTailOfTheLogWhenTheScriptEndsWithAnotherCode() throws Exception {
        TaskEndedRequest end =
                task.shell("echo first; echo the reason >&2; exit 3").evaluate();

        assertThat(end.getFailure().getCode()).isEqualTo("SCRIPT_FAILED");
        assertThat(end.getFailure().getMessage()).contains("exit code 3").endsWith("the reason");
        assertThat(task.lines("error.log")).last().isEqualTo("the reason");
    }

    @Test
    void isNeverBlockedByAChattyScriptAndBoundsItsLog() throws Exception {
        TaskEndedRequest end = task.shell("head -c 40000000 /dev/zero | tr '\\0' 'x' >&2; echo last >&2; exit 1")
                .evaluate();

        assertThat(end.getFailure().getMessage()).endsWith("last");
        long kept =
                Files.size(task.workspace.resolve("script.log")) + Files.size(task.workspace.resolve("script.log.1"));
        assertThat(kept).isLessThanOrEqualTo(16 << 20);
    }

    @Test
    void killsAllProcessesOfAScriptThatRunsTooLong() throws Exception {
        task.shell(
                "sleep 1000 & echo $! > \"$TASK_WORKSPACE/child\"",
                "setsid sh -c 'sleep 1000' & ",
                "touch \"$TASK_WORKSPACE/ready\"; sleep 1000");
        task.desk.run(task.request(TaskKind.TASK_KIND_EVALUATE).build());
        task.awaitFile("ready");

        task.timers.advance(Duration.ofMinutes(2));
        TaskEndedRequest end = task.end();

        assertThat(end.getFailure().getCode()).isEqualTo("SCRIPT_TIMEOUT");
        assertThat(carriers()).isZero();
    }

    @Test
    void killsWhatAScriptLeavesBehindEvenInASessionOfItsOwn() throws Exception {
        TaskEndedRequest end = task.shell(
                        METRICS, "for i in 1 2 3 4 5; do (setsid sh -c 'while :; do sleep 5 & sleep 5; done' &) ; done")
                .evaluate();

        assertThat(end.hasFailure()).isFalse();
        assertThat(carriers()).isZero();
    }

    @Test
    void leavesItToTheTaskManagerToStartAKilledScriptAgain() throws Exception {
        task.shell("echo x >> \"$TASK_WORKSPACE/starts\"; kill -9 $$");
        RunTaskRequest.Builder request = task.request(TaskKind.TASK_KIND_EVALUATE);

        TaskEndedRequest first = task.run(request);
        TaskEndedRequest repeated = task.run(request);
        assertThat(task.lines("starts")).hasSize(1);
        TaskEndedRequest second = task.run(request.setStart(1));

        assertThat(first.getFailure().getCode()).isEqualTo("SCRIPT_KILLED");
        assertThat(repeated).isEqualTo(first);
        assertThat(second.getStart()).isEqualTo(1);
        assertThat(task.lines("starts")).hasSize(2);
    }

    @Test
    void showsEachWorkerTheDevicesOfItsOwn() throws Exception {
        task.shell("echo $CUDA_VISIBLE_DEVICES > \"$TASK_WORKSPACE/gpus-$WORKER_INDEX\"; " + METRICS);
        Resources resources = Resources.newBuilder()
                .setWorkerNum(2)
                .setGpu(2)
                .addAllGpuDevices(List.of(1, 4, 5, 7))
                .build();

        task.run(task.request(TaskKind.TASK_KIND_EVALUATE).setResources(resources));

        assertThat(task.lines("gpus-0")).containsExactly("1,4");
        assertThat(task.lines("gpus-1")).containsExactly("5,7");
    }

    @Test
    void tellsACrashFromAKill() throws Exception {
        TaskEndedRequest end = task.shell("kill -SEGV $$").evaluate();

        assertThat(end.getFailure().getCode()).isEqualTo("SCRIPT_FAILED");
        assertThat(end.getFailure().getMessage()).contains("signal 11");
    }

    @Test
    void tellsAKillForWantOfMemoryFromAnother() throws Exception {
        task.shell("touch \"$TASK_WORKSPACE/ready\"; read x < \"$TASK_WORKSPACE/pipe\"");
        new ProcessBuilder("mkfifo", task.workspace.resolve("pipe").toString())
                .start()
                .waitFor();
        task.desk.run(task.request(TaskKind.TASK_KIND_EVALUATE).build());
        task.awaitFile("ready");

        task.oomKills.incrementAndGet();
        io.nsfl.sandbox.ProcessTree.kill(-1, java.util.List.of("TASK_WORKSPACE=" + task.workspace));
        TaskEndedRequest end = task.end();

        assertThat(end.getFailure().getCode()).isEqualTo("SCRIPT_OUT_OF_MEMORY");
    }

    @Test
    void takesAnExitAfterAMemoryErrorForWantOfMemory() throws Exception {
        TaskEndedRequest end = task.shell("echo MemoryError >&2; exit 1").evaluate();

        assertThat(end.getFailure().getCode()).isEqualTo("SCRIPT_OUT_OF_MEMORY");
    }

    @Test
    void killsACancelledTaskAndSaysWhy() throws Exception {
        task.shell("touch \"$TASK_WORKSPACE/ready\"; sleep 1000");
        var request = task.request(TaskKind.TASK_KIND_EVALUATE).build();
        task.desk.run(request);
        task.awaitFile("ready");

        task.desk.cancel(request.getDescription().getTask(), "not needed");
        TaskEndedRequest end = task.end();

        assertThat(end.getFailure().getMessage()).contains("cancelled: not needed");
        assertThat(carriers()).isZero();
    }

    @Test
    void namesTheCallThatIsMissing() throws Exception {
        TaskEndedRequest end = task.shell("true").evaluate();

        assertThat(end.getFailure().getCode()).isEqualTo("RESULT_MISSING");
        assertThat(end.getFailure().getMessage()).contains("commit_metrics");
    }

    @Test
    void refusesATaskConfigWithoutTheWantedSection() throws Exception {
        TaskEndedRequest end = task.shell(METRICS).run(task.request(TaskKind.TASK_KIND_TRAIN));

        assertThat(end.getFailure().getCode()).isEqualTo("TASK_CONFIG_INVALID");
        assertThat(end.getFailure().getMessage()).contains("train");
    }

    @Test
    void saysThatACommandDoesNotExist() throws Exception {
        TaskEndedRequest end = task.config("{\"evaluate\": {\"command\": \"no-such-command\", \"entry\": \"x\"}}")
                .evaluate();

        assertThat(end.getFailure().getCode()).isEqualTo("SCRIPT_FAILED");
        assertThat(end.getFailure().getMessage()).contains("no-such-command");
    }

    @Test
    void tellsWorkersOfOneTaskApart() throws Exception {
        task.shell(
                "test $RANK = 0 || while [ ! -e \"$TASK_WORKSPACE/seen0\" ]; do :; done",
                "echo \"$RANK of $WORLD_SIZE\" > \"$TASK_WORKSPACE/seen$WORKER_INDEX\"",
                METRICS);

        TaskEndedRequest end = task.run(task.request(TaskKind.TASK_KIND_EVALUATE)
                .setResources(Resources.newBuilder().setWorkerNum(2)));

        assertThat(end.hasFailure()).isFalse();
        assertThat(task.lines("seen0")).containsExactly("0 of 2");
        assertThat(task.lines("seen1")).containsExactly("1 of 2");
    }

    @Test
    void runsOnlyItsOwnWorkerWhereEachHasAnExecutor() throws Exception {
        Worker second = new Worker(1, List.of("nsfl-x-1-0:8051", "nsfl-x-1-1:8051"));
        TaskScenario helper = new TaskScenario(
                directory.resolve("second"), new PlainProcesses(Isolation.NONE), Path.of("/sdk"), Optional.of(second));
        helper.shell("echo $RANK of $WORLD_SIZE at $MASTER_ADDR $MASTER_PORT > \"$TASK_WORKSPACE/seen$WORKER_INDEX\"");

        TaskEndedRequest end = helper.run(helper.request(TaskKind.TASK_KIND_EVALUATE)
                .setResources(Resources.newBuilder().setWorkerNum(2)));

        assertThat(end.hasFailure()).isFalse();
        assertThat(helper.lines("seen1")).containsExactly("1 of 2 at nsfl-x-1-0 8051");
        assertThat(helper.workspace.resolve("seen0")).doesNotExist();
    }

    @Test
    void changesNothingWhenARequestIsRepeatedAndReportsItsEndAgain() throws Exception {
        task.shell("echo x >> \"$TASK_WORKSPACE/starts\"", METRICS);
        TaskEndedRequest first = task.evaluate();

        TaskEndedRequest second = task.evaluate();

        assertThat(second).isEqualTo(first);
        assertThat(task.lines("starts")).hasSize(1);
        assertThat(task.nothingMoreEnded()).isTrue();
    }

    private long carriers() throws IOException {
        String mark = "TASK_WORKSPACE=" + task.workspace;
        try (var processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            long count = 0;
            for (Path process : processes) {
                try {
                    count += Files.readString(process.resolve("environ"), java.nio.charset.StandardCharsets.ISO_8859_1)
                                    .contains(mark)
                            ? 1
                            : 0;
                } catch (IOException gone) {
                    // It ended while we looked.
                }
            }
            return count;
        }
    }
}
