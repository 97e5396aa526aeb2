package io.nsfl.taskmanager.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.protocol.ids.Runtime;
import io.nsfl.protocol.v1.Assignment;
import io.nsfl.protocol.v1.Receipt;
import io.nsfl.protocol.v1.Resources;
import io.nsfl.protocol.v1.TaskDescription;
import io.nsfl.protocol.v1.TaskDirective;
import io.nsfl.protocol.v1.TaskPhase;
import io.nsfl.protocol.v1.TaskRef;
import io.nsfl.protocol.v1.TaskStatus;
import io.nsfl.servicekit.time.Mailbox;
import io.nsfl.servicekit.time.ManualTimers;
import io.nsfl.taskmanager.TestTasks;
import io.nsfl.taskmanager.ids.TaskKey;
import io.nsfl.taskmanager.queue.Admission;
import io.nsfl.taskmanager.queue.ResourceLedger;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The desk over a real store, with steps that are only noted and a clock that the test moves. */
abstract class DeskScenario {
    static final Duration DEADLINE = Duration.ofMinutes(10);

    @TempDir
    Path directory;

    final ManualTimers timers = new ManualTimers(Instant.parse("2026-05-19T14:40:13Z"));
    private final NotedSteps noted = new NotedSteps();
    final List<String> steps = noted.asked;
    final List<TaskStatus> news = new ArrayList<>();
    ClientStore store;
    TaskDesk desk;

    @BeforeEach
    void open() {
        store = ClientStore.open(directory);
        desk = desk();
        desk.open(noted).join();
    }

    @AfterEach
    void close() {
        store.close();
    }

    private TaskDesk desk() {
        Resources capacity = Resources.newBuilder().setCpu(2).setMemoryMb(4000).build();
        Admission admission = new Admission(
                new ResourceLedger(capacity, Resources.getDefaultInstance()),
                new Admission.Rules("c-1", -1, () -> Set.of(Runtime.DL4J), () -> Set.of("mnist"), Optional::empty));
        return new TaskDesk(
                store,
                admission,
                new TaskNews() {
                    @Override
                    public void status(TaskStatus status) {
                        news.add(status);
                    }

                    @Override
                    public void loadChanged() {}
                },
                new TaskIds(22000, ZoneOffset.UTC),
                new Mailbox("test", Runnable::run, failure -> {
                    throw new AssertionError(failure);
                }),
                timers,
                timers);
    }

    void restart() {
        store.close();
        store = ClientStore.open(directory);
        steps.clear();
        news.clear();
        desk = desk();
        desk.open(noted).join();
    }

    static TaskRef ref(int round) {
        return TestTasks.training(round);
    }

    static Assignment.Builder assignment(int round) {
        return Assignment.newBuilder()
                .setTask(ref(round))
                .setRuntime("dl4j")
                .setCoordinatorAddress("127.0.0.1:1")
                .setRoute("default-mnist")
                .setDeadlineMs(DEADLINE.toMillis())
                .setResources(Resources.newBuilder().setCpu(2).setMemoryMb(1000));
    }

    static TaskKey key(int round) {
        return TaskKey.of(ref(round));
    }

    TaskRecord task(int round) {
        return desk.find(key(round)).join().orElseThrow();
    }

    List<TaskPhase> phases() {
        return news.stream().map(TaskStatus::getPhase).toList();
    }

    void toRunning() {
        desk.assign(assignment(1).build());
        desk.fetched(key(1), TaskDescription.newBuilder().setTask(ref(1)).build());
        desk.taken(key(1));
        assertThat(task(1).state()).isEqualTo(TaskState.RUNNING);
    }

    void toHeld() {
        toRunning();
        desk.ended(key(1), 0, new TaskResult("/u", "00", Map.of(), "", "", 5));
        desk.receipt(key(1), receipt(Receipt.Verdict.HELD));
        assertThat(task(1).state()).isEqualTo(TaskState.HELD);
    }

    static Receipt receipt(Receipt.Verdict verdict) {
        return Receipt.newBuilder().setVerdict(verdict).build();
    }

    static TaskDirective directive(TaskDirective.Order order) {
        return TaskDirective.newBuilder().setOrder(order).build();
    }
}
