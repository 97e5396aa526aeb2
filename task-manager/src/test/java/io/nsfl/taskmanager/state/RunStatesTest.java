package io.nsfl.taskmanager.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.TaskKind;
import io.nsfl.protocol.v1.TaskRef;
import io.nsfl.protocol.v1.WorkPoint;
import io.nsfl.servicekit.time.ManualTimers;
import io.nsfl.taskmanager.quota.StorageQuota;
import io.nsfl.taskmanager.task.ClientStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** State of a run counts only when its round counted it; a process that is killed anywhere finds one or the other. */
class RunStatesTest {
    private static final long LIMIT = 100;

    @TempDir
    Path directory;

    private final ManualTimers clock = new ManualTimers(Instant.EPOCH);
    private ClientStore store;
    private RunStates states;

    @BeforeEach
    void open() {
        store = ClientStore.open(directory.resolve("lmdb"));
        states = new RunStates(directory.resolve("state"), store, LIMIT, clock);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private void restart() {
        store.close();
        open();
        states.tidy();
    }

    @Test
    void keepsWhatItsRoundCounted() throws IOException {
        hold(train(1, 1), "first");
        assertThat(kept(train(1, 1))).isEmpty();
        restart();

        states.settle(train(2, 1), included(1, 1));

        assertThat(kept(train(2, 1))).contains("first");
        restart();
        assertThat(kept(train(2, 1))).contains("first");
    }

    @Test
    void dropsWhatItsRoundDidNotCountAndStaysWithWhatItHad() throws IOException {
        hold(train(1, 1), "first");
        states.settle(train(2, 1), included(1, 1));
        hold(train(2, 1), "second");

        states.settle(train(3, 1), included(1, 1));

        assertThat(kept(train(3, 1))).contains("first");
        assertThat(directories()).isEqualTo(1);
    }

    @Test
    void dropsThePendingOfAClientThatNeverCounted() throws IOException {
        hold(train(1, 1), "first");

        states.settle(train(2, 1), Optional.empty());

        assertThat(kept(train(2, 1))).isEmpty();
        assertThat(directories()).isZero();
    }

    @Test
    void dropsWhatAnEarlierAttemptOfTheRoundLeft() throws IOException {
        hold(train(1, 1), "first try");

        states.settle(train(1, 2), Optional.empty());
        hold(train(1, 2), "second try");
        states.settle(train(2, 1), included(1, 2));

        assertThat(kept(train(2, 1))).contains("second try");
    }

    @Test
    void knowsFromTheEvaluationOfTheSameRound() throws IOException {
        hold(train(1, 2), "first");

        states.settle(task("run", 1, 1, TaskKind.TASK_KIND_EVALUATE), included(1, 2));

        assertThat(kept(train(2, 1))).contains("first");
    }

    @Test
    void aTaskOfBeforeDecidesNothing() throws IOException {
        hold(train(3, 1), "third");

        states.settle(train(2, 1), included(1, 1));
        states.settle(train(3, 1), included(2, 1));
        states.settle(train(4, 1), included(3, 1));

        assertThat(kept(train(4, 1))).contains("third");
    }

    @Test
    void aDeliveryThatIsRepeatedHoldsTheSame() throws IOException {
        Path workspace = hold(train(1, 1), "first");
        states.hold(train(1, 1), workspace);
        restart();
        states.hold(train(1, 1), workspace);
        states.settle(train(2, 1), included(1, 1));
        states.hold(train(1, 1), workspace);

        assertThat(kept(train(2, 1))).contains("first");
    }

    @Test
    void aProcessKilledBeforeTheFilesWereMovedHoldsThemWhenItDeliversAgain() throws IOException {
        Path workspace = leave("first");
        // The entry is there, the files are not: as a kill between the two leaves it.
        hold(train(1, 1), "of another life");
        try (Stream<Path> runs = Files.list(directory.resolve("state"))) {
            StorageQuota.delete(runs.findFirst().orElseThrow().resolve("1-1"));
        }
        restart();

        states.hold(train(1, 1), workspace);
        states.settle(train(2, 1), included(1, 1));

        assertThat(kept(train(2, 1))).contains("first");
    }

    @Test
    void givesATaskCopies() throws IOException {
        hold(train(1, 1), "first");
        states.settle(train(2, 1), included(1, 1));
        Path workspace = Files.createDirectories(directory.resolve("next"));

        states.provide(train(2, 1), workspace);
        Files.writeString(workspace.resolve("state_in/control.safetensors"), "spoilt");

        assertThat(kept(train(2, 1))).contains("first");
    }

    @Test
    void anotherRunOfTheJobKnowsNothingOfItAndEndsIt() throws IOException {
        hold(train(1, 1), "first");
        states.settle(train(2, 1), included(1, 1));

        TaskRef other = task("another", 1, 1, TaskKind.TASK_KIND_TRAIN);
        states.settle(other, Optional.empty());

        assertThat(kept(other)).isEmpty();
        assertThat(kept(train(2, 1))).isEmpty();
        assertThat(directories()).isZero();
    }

    @Test
    void forgetsRunsThatNobodySpeaksOf() throws IOException {
        hold(train(1, 1), "first");
        states.settle(train(2, 1), included(1, 1));

        clock.advance(RunStates.UNUSED.plus(Duration.ofSeconds(1)));
        states.tidy();

        assertThat(kept(train(2, 1))).isEmpty();
        assertThat(directories()).isZero();
    }

    @Test
    void deletesWhatACrashLeftWithoutAnEntry() throws IOException {
        hold(train(1, 1), "first");
        Path run = Files.list(directory.resolve("state")).findFirst().orElseThrow();
        Files.createDirectories(run.resolve("7-1"));
        Files.createDirectories(directory.resolve("state/ffff/1-1"));

        restart();

        assertThat(directories()).isEqualTo(1);
        assertThat(run.resolve("7-1")).doesNotExist();
    }

    @Test
    void refusesWhatIsNoState() throws IOException {
        Path workspace = leave("first");
        Files.createSymbolicLink(workspace.resolve("state_out/other.safetensors"), Path.of("/etc/passwd"));
        assertThatThrownBy(() -> states.hold(train(1, 1), workspace))
                .isInstanceOfSatisfying(
                        FaultException.class, e -> assertThat(e.fault()).isEqualTo(Fault.SCRIPT_FAILED));

        Path large = leave("x".repeat((int) LIMIT + 1));
        assertThatThrownBy(() -> states.hold(train(1, 1), large))
                .isInstanceOfSatisfying(
                        FaultException.class, e -> assertThat(e.fault()).isEqualTo(Fault.STORAGE_FULL));
    }

    private Path hold(TaskRef task, String content) throws IOException {
        Path workspace = leave(content);
        states.hold(task, workspace);
        return workspace;
    }

    private Path leave(String content) throws IOException {
        Path workspace = Files.createTempDirectory(directory, "task");
        Files.createDirectories(workspace.resolve("state_out"));
        Files.writeString(workspace.resolve("state_out/control.safetensors"), content);
        return workspace;
    }

    private Optional<String> kept(TaskRef task) throws IOException {
        Optional<Path> file = states.kept(task, "control");
        return file.isEmpty() ? Optional.empty() : Optional.of(Files.readString(file.get()));
    }

    private long directories() throws IOException {
        try (Stream<Path> all = Files.walk(directory.resolve("state"), 2)) {
            return all.filter(path -> path.getFileName().toString().matches("\\d+-\\d+"))
                    .count();
        }
    }

    private static Optional<WorkPoint> included(int round, int attempt) {
        return Optional.of(
                WorkPoint.newBuilder().setRound(round).setAttempt(attempt).build());
    }

    private static TaskRef train(int round, int attempt) {
        return task("run", round, attempt, TaskKind.TASK_KIND_TRAIN);
    }

    private static TaskRef task(String run, int round, int attempt, TaskKind kind) {
        return TaskRef.newBuilder()
                .setNamespace("default")
                .setJob("job")
                .setRun(run)
                .setRound(round)
                .setAttempt(attempt)
                .setClientId("c-1")
                .setKind(kind)
                .build();
    }
}
