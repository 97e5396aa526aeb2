package io.nsfl.taskmanager.deliver;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.nsfl.protocol.v1.Assignment;
import io.nsfl.protocol.v1.Progress;
import io.nsfl.protocol.v1.TaskDirective;
import io.nsfl.protocol.v1.TaskRef;
import io.nsfl.servicekit.time.ManualTimers;
import io.nsfl.taskmanager.FakeChannel;
import io.nsfl.taskmanager.TestTasks;
import io.nsfl.taskmanager.fetch.Coordinators;
import io.nsfl.taskmanager.ids.TaskKey;
import io.nsfl.taskmanager.task.ClientStore;
import io.nsfl.taskmanager.task.NotedSteps;
import io.nsfl.taskmanager.task.TaskDesk;
import io.nsfl.taskmanager.task.TaskState;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FollowingTest {
    private static final TaskRef TASK = TestTasks.training(1);
    private static final TaskKey KEY = TaskKey.of(TASK);

    @TempDir
    Path directory;

    private final ManualTimers timers = new ManualTimers(Instant.EPOCH);
    private final FakeChannel coordinator = new FakeChannel();
    private ClientStore store;
    private TaskDesk desk;
    private Following following;

    @BeforeEach
    void follow() {
        store = ClientStore.open(directory);
        desk = NotedSteps.desk(store, timers);
        desk.assign(Assignment.newBuilder()
                .setTask(TASK)
                .setRuntime("dl4j")
                .setRoute("default-mnist")
                .setDeadlineMs(Duration.ofHours(10).toMillis())
                .build());
        following = new Following(
                new Coordinators(coordinator, address -> {
                    throw new AssertionError("The assignment names no address");
                }),
                timers,
                Runnable::run,
                new Random(1));
        following.follow(desk.find(KEY).join().orElseThrow(), desk);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private static TaskDirective directive(TaskDirective.Order order) {
        return TaskDirective.newBuilder().setOrder(order).build();
    }

    private TaskState state() {
        return desk.find(KEY).join().orElseThrow().state();
    }

    @Test
    void tellsTheStageAtOnce() {
        assertThat(coordinator.last().sent)
                .singleElement()
                .isInstanceOfSatisfying(
                        Progress.class,
                        progress -> assertThat(progress.getStage()).isEqualTo("fetching"));
    }

    @Test
    void opensASilentStreamAnew() {
        FakeChannel.Call<?, ?> silent = coordinator.last();

        timers.advance(Duration.ofSeconds(59));
        assertThat(silent.cancelled).isEmpty();
        timers.advance(Duration.ofSeconds(2));

        assertThat(silent.cancelled).contains("silent");
        assertThat(coordinator.calls).hasSize(2);
        assertThat(coordinator.last().sent).isNotEmpty();
    }

    @Test
    void keepsAStreamThatIsHeardOf() {
        for (int minute = 0; minute < 10; minute++) {
            coordinator.last().answer(directive(TaskDirective.Order.ORDER_UNSPECIFIED));
            timers.advance(Duration.ofSeconds(45));
        }

        assertThat(coordinator.calls).hasSize(1);
    }

    @Test
    void opensABrokenStreamAnewAndFollowsOnIt() {
        coordinator.last().end(Status.UNAVAILABLE);
        timers.advance(Duration.ofSeconds(1));
        assertThat(coordinator.calls).hasSize(2);

        coordinator.last().answer(directive(TaskDirective.Order.STOP));

        assertThat(state()).isEqualTo(TaskState.DROPPED);
    }

    @Test
    void hearsNothingMoreFromAStreamThatWasGivenUp() {
        FakeChannel.Call<?, ?> old = coordinator.last();
        timers.advance(Duration.ofSeconds(61));

        old.answer(directive(TaskDirective.Order.STOP));

        assertThat(state()).isEqualTo(TaskState.FETCHING);
    }

    @Test
    void opensNothingAnewForATaskThatIsOver() {
        following.end(KEY);
        coordinator.last().end(Status.UNAVAILABLE);
        timers.advance(Duration.ofMinutes(5));

        assertThat(coordinator.calls).hasSize(1);
    }
}
