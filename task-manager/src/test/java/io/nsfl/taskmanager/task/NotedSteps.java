package io.nsfl.taskmanager.task;

import io.nsfl.protocol.ids.Runtime;
import io.nsfl.protocol.v1.Resources;
import io.nsfl.protocol.v1.TaskStatus;
import io.nsfl.servicekit.time.Mailbox;
import io.nsfl.servicekit.time.ManualTimers;
import io.nsfl.taskmanager.queue.Admission;
import io.nsfl.taskmanager.queue.ResourceLedger;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** The steps of tasks, only noted: what was asked for is in the list. */
public final class NotedSteps implements TaskSteps {
    public final List<String> asked = new ArrayList<>();

    /** A desk of client {@code c-1} that takes DL4J tasks, opened with steps of this kind. */
    public static TaskDesk desk(ClientStore store, ManualTimers timers) {
        return desk(store, timers, failure -> {
            throw new AssertionError(failure);
        });
    }

    /** @param uncaught gets what a step of the desk throws */
    public static TaskDesk desk(ClientStore store, ManualTimers timers, Consumer<Throwable> uncaught) {
        TaskDesk desk = new TaskDesk(
                store,
                new Admission(
                        new ResourceLedger(
                                Resources.newBuilder()
                                        .setCpu(8)
                                        .setMemoryMb(8000)
                                        .build(),
                                Resources.getDefaultInstance()),
                        new Admission.Rules("c-1", -1, () -> Set.of(Runtime.DL4J), Set::of, Optional::empty)),
                new TaskNews() {
                    @Override
                    public void status(TaskStatus status) {}

                    @Override
                    public void loadChanged() {}
                },
                new TaskIds(22000, ZoneOffset.UTC),
                new Mailbox("tasks", Runnable::run, uncaught),
                timers,
                timers);
        desk.open(new NotedSteps()).join();
        return desk;
    }

    @Override
    public void fetch(TaskRecord task) {
        asked.add("fetch");
    }

    @Override
    public void run(TaskRecord task) {
        asked.add("run");
    }

    @Override
    public void recover(TaskRecord task) {
        asked.add("recover");
    }

    @Override
    public void mask(TaskRecord task) {
        asked.add("mask");
    }

    @Override
    public void deliver(TaskRecord task) {
        asked.add("deliver");
    }

    @Override
    public void follow(TaskRecord task) {}

    @Override
    public void end(TaskRecord task) {
        asked.add("end");
    }
}
