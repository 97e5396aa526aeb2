package io.nsfl.taskmanager.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.protocol.v1.Assignment;
import io.nsfl.protocol.v1.Resources;
import io.nsfl.protocol.v1.TaskDescription;
import io.nsfl.protocol.v1.TaskKind;
import io.nsfl.protocol.v1.TaskRef;
import io.nsfl.servicekit.security.InternalSecret;
import io.nsfl.servicekit.time.ManualTimers;
import io.nsfl.taskmanager.MaskingPolicy;
import io.nsfl.taskmanager.ScriptSandbox;
import io.nsfl.taskmanager.dataset.AccountedDatasets;
import io.nsfl.taskmanager.task.ClientStore;
import io.nsfl.taskmanager.task.NotedSteps;
import io.nsfl.taskmanager.task.TaskRecord;
import io.nsfl.taskmanager.task.TaskState;
import io.nsfl.workload.WorkloadPhase;
import io.nsfl.workload.WorkloadSpec;
import io.nsfl.workload.WorkloadStatus;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of executors that wait for their job's next round while the cluster has no room for another. */
class ExecutorsTest {
    private static final String CLIENT = "c-1";

    @TempDir
    Path directory;

    private final Cluster cluster = new Cluster();
    private ClientStore store;
    private Executors executors;

    @BeforeEach
    void open() {
        store = ClientStore.open(directory.resolve("lmdb"));
        ManualTimers timers = new ManualTimers(Instant.EPOCH);
        InternalSecret secret = InternalSecret.generate(new SecureRandom());
        executors = new Executors(
                CLIENT,
                cluster,
                new ExecutorWorkload(program(), Optional.empty()),
                null,
                store,
                Resources.getDefaultInstance(),
                new Executors.Surroundings(Runnable::run, timers, () -> secret, (address, credential) -> null));
        executors.open(NotedSteps.desk(store, timers));
        executors.watch();
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void idleOnesGoWhenNoNodeHasRoomForAnother() {
        cluster.tell("idle", WorkloadPhase.RUNNING);
        cluster.tell("new", WorkloadPhase.STARTING);
        assertThat(cluster.stopped).isEmpty();

        cluster.tell("new", WorkloadPhase.WAITING);

        assertThat(cluster.stopped).containsExactly(run("idle").name());
    }

    @Test
    void otherWorkersOfTheSameRunStay() {
        cluster.tell("new", WorkloadPhase.RUNNING);

        cluster.tell("new", WorkloadPhase.WAITING, "-1");

        assertThat(cluster.stopped).isEmpty();
    }

    @Test
    void oneThatIsWantedWhileItIsEndedIsLaunchedAnew() throws InterruptedException {
        Thread next = new Thread(() -> executors.run(ready("idle")));
        cluster.tell("idle", WorkloadPhase.RUNNING);
        cluster.tell("new", WorkloadPhase.STARTING);
        cluster.whileStopping = () -> {
            next.start();
            // Until it has to wait for its turn, or is through.
            while (next.getState() != Thread.State.WAITING && next.isAlive()) {
                Thread.onSpinWait();
            }
        };

        cluster.tell("new", WorkloadPhase.WAITING);
        next.join();

        String executor = run("idle").name();
        assertThat(cluster.stopped).containsExactly(executor);
        assertThat(cluster.launched).containsExactly(executor);
        assertThat(store.credential(executor)).as("it can call back").isPresent();
    }

    @Test
    void oneWhoseScriptsWouldSeeOtherDatasetsIsStartedAnewOnceItIsIdle() {
        String executor = run("job").name();
        TaskRecord first = ready("job", "mnist");
        executors.run(first);

        executors.run(ready("job", "faces"));
        assertThat(cluster.stopped).as("it works").isEmpty();
        assertThat(cluster.launched).containsExactly(executor);
        executors.ended(first.key());
        executors.run(ready("job", "faces"));

        assertThat(cluster.stopped).containsExactly(executor);
        assertThat(cluster.launched).containsExactly(executor, executor);
    }

    @Test
    void oneThatIsStartedWithTheSameStays() {
        executors.run(ready("job", "mnist"));
        executors.run(ready("job", "mnist"));

        assertThat(cluster.stopped).isEmpty();
    }

    private ExecutorWorkload.Program program() {
        return new ExecutorWorkload.Program(
                List.of("java"),
                "",
                directory.resolve("executors"),
                directory,
                directory.resolve("task_manager"),
                Map.of(),
                "",
                "",
                new ExecutorWorkload.ScriptIsolation(
                        ScriptSandbox.DEFAULT,
                        List.of(),
                        List.of(),
                        new AccountedDatasets(Map.of("mnist", "/data/mnist", "faces", "/data/faces")),
                        0),
                MaskingPolicy.DEFAULT);
    }

    private static TaskRecord ready(String job, String... datasets) {
        TaskRef task = TaskRef.newBuilder()
                .setNamespace("default")
                .setJob(job)
                .setRun("run-1")
                .setRound(1)
                .setAttempt(1)
                .setClientId(CLIENT)
                .setKind(TaskKind.TASK_KIND_TRAIN)
                .build();
        return new TaskRecord(
                "train-" + job,
                Assignment.newBuilder().setTask(task).build(),
                TaskState.READY,
                Resources.getDefaultInstance(),
                Optional.of(TaskDescription.newBuilder()
                        .setTask(task)
                        .setRuntime("dl4j")
                        .addAllDatasets(List.of(datasets))
                        .build()),
                0,
                Optional.empty(),
                "",
                Instant.EPOCH,
                Instant.EPOCH,
                Instant.EPOCH);
    }

    private static ExecutorKey run(String job) {
        return new ExecutorKey(CLIENT, "default", job, "run-1");
    }

    /** Where executors run: says what the test says. */
    private static final class Cluster extends NoWorkloads {
        private final List<WorkloadStatus> known = new ArrayList<>();
        private final List<String> stopped = new ArrayList<>();
        private final List<String> launched = new ArrayList<>();
        private Runnable whileStopping = () -> {};
        private Consumer<WorkloadStatus> listener;

        void tell(String job, WorkloadPhase phase) {
            tell(job, phase, "");
        }

        void tell(String job, WorkloadPhase phase, String worker) {
            Map<String, String> labels = Map.of(
                    "component",
                    ExecutorWorkload.COMPONENT,
                    "client",
                    CLIENT,
                    "namespace",
                    "default",
                    "job",
                    job,
                    "run",
                    "run-1");
            WorkloadStatus status = new WorkloadStatus(
                    run(job).name() + worker,
                    "1",
                    labels,
                    phase,
                    Optional.empty(),
                    "",
                    Optional.empty(),
                    OptionalLong.empty(),
                    Instant.EPOCH);
            known.removeIf(other -> other.name().equals(status.name()));
            known.add(status);
            listener.accept(status);
        }

        @Override
        public Optional<WorkloadStatus> find(String name) {
            return known.stream().filter(one -> one.name().equals(name)).findFirst();
        }

        @Override
        public List<WorkloadStatus> list(Map<String, String> labels) {
            return known.stream()
                    .filter(one -> one.labels().entrySet().containsAll(labels.entrySet()))
                    .toList();
        }

        @Override
        public void stop(String name, Duration grace) {
            stopped.add(name);
            known.removeIf(one -> one.name().equals(name));
            whileStopping.run();
        }

        @Override
        public WorkloadStatus launch(WorkloadSpec spec) {
            launched.add(spec.name());
            return null;
        }

        @Override
        public Watch watch(Map<String, String> labels, Consumer<WorkloadStatus> told) {
            listener = told;
            return () -> {};
        }
    }
}
