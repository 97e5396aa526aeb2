package io.nsfl.executor.task;

import io.nsfl.protocol.v1.RunTaskRequest;
import io.nsfl.protocol.v1.TaskDescription;
import io.nsfl.protocol.v1.TaskEndedRequest;
import io.nsfl.protocol.v1.TaskKind;
import io.nsfl.protocol.v1.TaskRef;
import io.nsfl.sandbox.ScriptStarter;
import io.nsfl.servicekit.time.ManualTimers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** An executor's desk over real processes, with a clock that is moved by hand. */
final class TaskScenario implements TaskDesk.Reports {
    private static final long BOUND_S = 60;

    final Path workspace;
    final ManualTimers timers = new ManualTimers(Instant.EPOCH);
    final AtomicLong oomKills = new AtomicLong();
    final TaskDesk desk;
    private final BlockingQueue<TaskEndedRequest> ends = new LinkedBlockingQueue<>();

    TaskScenario(Path directory, ScriptStarter starter) throws IOException {
        this(directory, starter, Path.of("/sdk"));
    }

    TaskScenario(Path directory, ScriptStarter starter, Path sdk) throws IOException {
        this(directory, starter, sdk, Optional.empty());
    }

    TaskScenario(Path directory, ScriptStarter starter, Path sdk, Optional<Worker> own) throws IOException {
        this.workspace = Files.createDirectories(directory.resolve("task_running"));
        Files.createDirectories(workspace.resolve("scripts"));
        ScriptEnvironment environment = new ScriptEnvironment(Map.of("PATH", "/usr/local/bin:/usr/bin:/bin"), sdk);
        desk = new TaskDesk(
                new TaskTools(environment, own, starter, modules -> {}, timers, oomKills::get), timers, this);
    }

    TaskScenario script(String name, String... lines) throws IOException {
        Files.writeString(workspace.resolve("scripts").resolve(name), String.join("\n", lines) + "\n");
        return this;
    }

    TaskScenario config(String json) throws IOException {
        Files.writeString(workspace.resolve("scripts/task.json"), json);
        return this;
    }

    /** A shell script that evaluates. */
    TaskScenario shell(String... lines) throws IOException {
        return script("run.sh", lines)
                .config("{\"evaluate\": {\"command\": \"sh\", \"entry\": \"run.sh\", \"timeout\": 2}}");
    }

    RunTaskRequest.Builder request(TaskKind kind) {
        return RunTaskRequest.newBuilder()
                .setDescription(TaskDescription.newBuilder()
                        .setTask(TaskRef.newBuilder()
                                .setNamespace("default")
                                .setJob("job")
                                .setRun("run")
                                .setRound(1)
                                .setAttempt(1)
                                .setClientId("c-1")
                                .setKind(kind))
                        .setRuntime("pytorch"))
                .setWorkspace(workspace.toString())
                .setTaskConfig(workspace.resolve("scripts/task.json").toString());
    }

    TaskEndedRequest evaluate() throws InterruptedException {
        return run(request(TaskKind.TASK_KIND_EVALUATE));
    }

    TaskEndedRequest run(RunTaskRequest.Builder request) throws InterruptedException {
        desk.run(request.build());
        return end();
    }

    TaskEndedRequest end() throws InterruptedException {
        TaskEndedRequest end = ends.poll(BOUND_S, TimeUnit.SECONDS);
        if (end == null) {
            throw new AssertionError("The task did not end within " + BOUND_S + " s");
        }
        return end;
    }

    boolean nothingMoreEnded() {
        return ends.isEmpty();
    }

    /** Waits until the script has written this file. */
    void awaitFile(String name) {
        Path file = workspace.resolve(name);
        Await.until(() -> Files.exists(file));
    }

    List<String> lines(String name) throws IOException {
        return Files.readAllLines(workspace.resolve(name));
    }

    @Override
    public void started(TaskRef task, int start) {}

    @Override
    public void ended(TaskEndedRequest end) {
        ends.add(end);
    }
}
