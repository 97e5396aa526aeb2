package io.nsfl.taskmanager.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.ids.Runtime;
import io.nsfl.protocol.v1.Assignment;
import io.nsfl.protocol.v1.Receipt;
import io.nsfl.protocol.v1.Resources;
import io.nsfl.protocol.v1.TaskDescription;
import io.nsfl.protocol.v1.TaskDirective;
import io.nsfl.protocol.v1.TaskKind;
import io.nsfl.protocol.v1.TaskPhase;
import io.nsfl.protocol.v1.TaskRef;
import io.nsfl.protocol.v1.TaskStatus;
import io.nsfl.servicekit.time.Mailbox;
import io.nsfl.servicekit.time.ManualTimers;
import io.nsfl.taskmanager.ids.TaskKey;
import io.nsfl.taskmanager.queue.Admission;
import io.nsfl.taskmanager.queue.ResourceLedger;
import io.nsfl.workload.WorkloadEnd;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The desk over a real store, with steps that are only noted and a clock that the test moves. */
class TaskDeskTest {
    private static final Duration DEADLINE = Duration.ofMinutes(10);

    @TempDir
    Path directory;

    private final ManualTimers timers = new ManualTimers(Instant.parse("2026-05-19T14:40:13Z"));
    private final List<String> steps = new ArrayList<>();
    private final List<TaskStatus> news = new ArrayList<>();
    private ClientStore store;
    private TaskDesk desk;

    @BeforeEach
    void open() {
        store = ClientStore.open(directory);
        desk = desk();
        desk.open(noted()).join();
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

    private TaskSteps noted() {
        return new TaskSteps() {
            @Override
            public void fetch(TaskRecord task) {
                steps.add("fetch");
            }

            @Override
            public void run(TaskRecord task) {
                steps.add("run");
            }

            @Override
            public void recover(TaskRecord task) {
                steps.add("recover");
            }

            @Override
            public void deliver(TaskRecord task) {
                steps.add("deliver");
            }

            @Override
            public void follow(TaskRecord task) {}

            @Override
            public void end(TaskRecord task) {
                steps.add("end");
            }
        };
    }

    private void restart() {
        store.close();
        store = ClientStore.open(directory);
        steps.clear();
        news.clear();
        desk = desk();
        desk.open(noted()).join();
    }

    private static TaskRef ref(int round) {
        return TaskRef.newBuilder()
                .setNamespace("default")
                .setJob("mnist")
                .setRun("run-1")
                .setRound(round)
                .setAttempt(1)
                .setClientId("c-1")
                .setKind(TaskKind.TASK_KIND_TRAIN)
                .build();
    }

    private static Assignment.Builder assignment(int round) {
        return Assignment.newBuilder()
                .setTask(ref(round))
                .setRuntime("dl4j")
                .setCoordinatorAddress("127.0.0.1:1")
                .setRoute("default-mnist")
                .setDeadlineMs(DEADLINE.toMillis())
                .setResources(Resources.newBuilder().setCpu(2).setMemoryMb(1000));
    }

    private static TaskKey key(int round) {
        return TaskKey.of(ref(round));
    }

    private TaskRecord task(int round) {
        return desk.find(key(round)).join().orElseThrow();
    }

    private List<TaskPhase> phases() {
        return news.stream().map(TaskStatus::getPhase).toList();
    }

    private void toRunning() {
        desk.assign(assignment(1).build());
        desk.fetched(key(1), TaskDescription.newBuilder().setTask(ref(1)).build());
        desk.taken(key(1));
        assertThat(task(1).state()).isEqualTo(TaskState.RUNNING);
    }

    private void toHeld() {
        toRunning();
        desk.ended(key(1), 0, new TaskResult("/u", "00", Map.of(), "", "", 5));
        desk.receipt(key(1), receipt(Receipt.Verdict.HELD));
        assertThat(task(1).state()).isEqualTo(TaskState.HELD);
    }

    private static Receipt receipt(Receipt.Verdict verdict) {
        return Receipt.newBuilder().setVerdict(verdict).build();
    }

    private static TaskDirective directive(TaskDirective.Order order) {
        return TaskDirective.newBuilder().setOrder(order).build();
    }

    @Test
    void acceptsOnlyWhatIsInTheStore() {
        desk.assign(assignment(1).build());

        assertThat(phases()).containsExactly(TaskPhase.TASK_PHASE_ACCEPTED);
        assertThat(store.tasks()).extracting(TaskRecord::key).containsExactly(key(1));
        assertThat(task(1).id()).isEqualTo("train-mnist-22000-1-20260519144013");
    }

    @Test
    void goesTheWholeWay() {
        toHeld();
        desk.directive(key(1), directive(TaskDirective.Order.SETTLED_INCLUDED));

        assertThat(task(1).state()).isEqualTo(TaskState.SETTLED);
        assertThat(steps).containsExactly("fetch", "run", "deliver", "end");
        assertThat(phases())
                .containsExactly(
                        TaskPhase.TASK_PHASE_ACCEPTED, TaskPhase.TASK_PHASE_RUNNING, TaskPhase.TASK_PHASE_DELIVERED);
    }

    @Test
    void waitsForItsStartSlot() {
        desk.assign(assignment(1).setStartDelayMs(5000).build());
        assertThat(steps).isEmpty();

        timers.advance(Duration.ofSeconds(5));

        assertThat(steps).containsExactly("fetch");
    }

    @Test
    void refusesWhatDoesNotFitAndSaysWhatIsShort() {
        desk.assign(assignment(1).build());
        desk.assign(assignment(2).build());

        assertThat(news.getLast().getPhase()).isEqualTo(TaskPhase.TASK_PHASE_REFUSED);
        assertThat(news.getLast().getReason().getMessage())
                .contains("2 cpu cores")
                .contains("0 of 2");
        assertThat(desk.find(key(2)).join()).isEmpty();
    }

    @Test
    void givesResourcesBackWhenTheScriptHasEnded() {
        toHeld();

        desk.assign(assignment(2).build());

        assertThat(task(2).state()).isEqualTo(TaskState.FETCHING);
    }

    @Test
    void answersARepeatedAssignmentWithoutStartingItAgain() {
        toHeld();
        news.clear();

        desk.assign(assignment(1).build());

        assertThat(phases()).containsExactly(TaskPhase.TASK_PHASE_ACCEPTED, TaskPhase.TASK_PHASE_DELIVERED);
        assertThat(steps).containsExactly("fetch", "run", "deliver");
    }

    @Test
    void followsACoordinatorThatWasStartedElsewhere() {
        toRunning();
        desk.ended(key(1), 0, new TaskResult("/u", "00", Map.of(), "", "", 5));

        desk.assign(assignment(1).setCoordinatorAddress("127.0.0.1:2").build());

        assertThat(task(1).assignment().getCoordinatorAddress()).isEqualTo("127.0.0.1:2");
        assertThat(steps).containsExactly("fetch", "run", "deliver", "deliver");
    }

    @Test
    void goesOnWhereItWasAfterARestart() {
        desk.assign(assignment(1).build());
        restart();
        assertThat(steps).containsExactly("fetch");

        desk.fetched(key(1), TaskDescription.newBuilder().setTask(ref(1)).build());
        restart();
        assertThat(steps).containsExactly("run");

        desk.taken(key(1));
        restart();
        assertThat(steps).containsExactly("recover");

        desk.ended(key(1), 0, new TaskResult("/u", "00", Map.of("loss", 0.5), "", "", 5));
        restart();
        assertThat(steps).containsExactly("deliver");
        assertThat(task(1).result().orElseThrow().metrics()).containsEntry("loss", 0.5);

        desk.receipt(key(1), receipt(Receipt.Verdict.HELD));
        restart();
        assertThat(steps).isEmpty();
        assertThat(desk.held().join()).extracting(TaskStatus::getPhase).containsExactly(TaskPhase.TASK_PHASE_DELIVERED);
    }

    @Test
    void deliversAgainWithoutRunningAgain() {
        toHeld();

        desk.directive(key(1), directive(TaskDirective.Order.DELIVER_AGAIN));

        assertThat(steps).containsExactly("fetch", "run", "deliver", "deliver");
    }

    @Test
    void startsOnceMoreWhenASignalKilledItsExecutor() {
        toRunning();
        desk.executorEnded("default", "mnist", "run-1", new WorkloadEnd.Killed(9), "");
        assertThat(task(1).state()).isEqualTo(TaskState.READY);
        desk.taken(key(1));

        desk.executorEnded("default", "mnist", "run-1", new WorkloadEnd.Killed(9), "");

        assertThat(task(1).state()).isEqualTo(TaskState.DELIVERING);
        assertThat(task(1).result().orElseThrow().faultCode()).isEqualTo(Fault.SCRIPT_KILLED.name());
    }

    @Test
    void startsOnceMoreWhenASignalKilledItsScript() {
        toRunning();

        desk.ended(key(1), 0, killedScript());

        assertThat(task(1).state()).isEqualTo(TaskState.READY);
        assertThat(steps).containsExactly("fetch", "run", "run");
    }

    @Test
    void countsKilledScriptsAndKilledExecutorsTogether() {
        toRunning();
        desk.executorEnded("default", "mnist", "run-1", new WorkloadEnd.Killed(9), "");
        desk.taken(key(1));

        desk.ended(key(1), 1, killedScript());

        assertThat(task(1).state()).isEqualTo(TaskState.DELIVERING);
        assertThat(task(1).result().orElseThrow().faultCode()).isEqualTo(Fault.SCRIPT_KILLED.name());
    }

    @Test
    void takesNoNoticeOfTheEndOfAnEarlierStart() {
        toRunning();
        desk.ended(key(1), 0, killedScript());
        desk.taken(key(1));

        desk.ended(key(1), 0, killedScript());

        assertThat(task(1).state()).isEqualTo(TaskState.RUNNING);
    }

    private static TaskResult killedScript() {
        return TaskResult.failure(Fault.SCRIPT_KILLED.name(), "killed by signal 9", 5);
    }

    @Test
    void failsAtOnceWhenItsExecutorEndsByItself() {
        toRunning();

        desk.executorEnded("default", "mnist", "run-1", new WorkloadEnd.Exited(1), "the last line\n");

        assertThat(task(1).result().orElseThrow().faultMessage()).contains("exit code 1", "the last line");
        assertThat(steps).containsExactly("fetch", "run", "deliver");
    }

    @Test
    void isNotTouchedByTheEndOfAnotherRunsExecutor() {
        toRunning();

        desk.executorEnded("default", "mnist", "run-2", new WorkloadEnd.Exited(1), "");

        assertThat(task(1).state()).isEqualTo(TaskState.RUNNING);
    }

    @Test
    void launchesAnExecutorAnewThatWentIdleJustBefore() {
        desk.assign(assignment(1).build());
        desk.fetched(key(1), TaskDescription.newBuilder().setTask(ref(1)).build());

        desk.executorEnded("default", "mnist", "run-1", new WorkloadEnd.Exited(0), "");

        assertThat(steps).containsExactly("fetch", "run", "run");
    }

    @Test
    void reportsAFailureAndIsOver() {
        toRunning();
        desk.ended(key(1), 0, TaskResult.failure("SCRIPT_FAILED", "line 3", 5));
        assertThat(steps).containsExactly("fetch", "run", "deliver");

        desk.receipt(key(1), receipt(Receipt.Verdict.HELD));

        assertThat(task(1).state()).isEqualTo(TaskState.FAILED);
        assertThat(news.getLast().getPhase()).isEqualTo(TaskPhase.TASK_PHASE_DELIVERED);
    }

    @Test
    void isDroppedWhenItsDeadlinePasses() {
        toRunning();

        timers.advance(DEADLINE);

        assertThat(task(1).state()).isEqualTo(TaskState.DROPPED);
        assertThat(news.getLast().getPhase()).isEqualTo(TaskPhase.TASK_PHASE_DROPPED);
    }

    @Test
    void keepsAHeldResultBeyondItsDeadlineForACoordinatorThatWasDown() {
        toHeld();

        timers.advance(DEADLINE.plusMinutes(30));
        assertThat(task(1).state()).isEqualTo(TaskState.HELD);
        timers.advance(Duration.ofMinutes(31));

        assertThat(task(1).state()).isEqualTo(TaskState.DROPPED);
    }

    @Test
    void dropsARunningTaskWhoseRoundIsDecidedWithoutIt() {
        toRunning();

        desk.directive(key(1), directive(TaskDirective.Order.SETTLED_DROPPED));

        assertThat(task(1).state()).isEqualTo(TaskState.DROPPED);
    }

    @Test
    void remembersATaskThatIsOverAndDoesNotTakeItAgain() {
        toHeld();
        desk.directive(key(1), directive(TaskDirective.Order.SETTLED_INCLUDED));
        restart();
        steps.clear();

        desk.assign(assignment(1).build());

        assertThat(steps).isEmpty();
        assertThat(phases()).containsExactly(TaskPhase.TASK_PHASE_ACCEPTED, TaskPhase.TASK_PHASE_DELIVERED);
    }
}
