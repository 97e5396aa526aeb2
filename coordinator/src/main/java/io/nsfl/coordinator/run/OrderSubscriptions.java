package io.nsfl.coordinator.run;

import io.nsfl.protocol.v1.TaskDirective;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Which streams of clients wait for orders about their tasks. Guarded by the lock of the {@link Desk} that it belongs to. */
final class OrderSubscriptions {
    static final TaskDirective DELIVER_AGAIN = TaskDirective.newBuilder()
            .setOrder(TaskDirective.Order.DELIVER_AGAIN)
            .setReason("The coordinator started again and does not hold this result.")
            .build();

    private final Map<ClientTask, List<Consumer<TaskDirective>>> sinks = new HashMap<>();

    static TaskDirective stop(String reason) {
        return TaskDirective.newBuilder()
                .setOrder(TaskDirective.Order.STOP)
                .setReason(reason)
                .build();
    }

    static TaskDirective settled(boolean included) {
        return TaskDirective.newBuilder()
                .setOrder(included ? TaskDirective.Order.SETTLED_INCLUDED : TaskDirective.Order.SETTLED_DROPPED)
                .build();
    }

    void subscribe(ClientTask task, Consumer<TaskDirective> sink) {
        sinks.computeIfAbsent(task, _ -> new ArrayList<>()).add(sink);
    }

    void unsubscribe(ClientTask task, Consumer<TaskDirective> sink) {
        sinks.computeIfPresent(task, (_, listening) -> {
            listening.remove(sink);
            return listening.isEmpty() ? null : listening;
        });
    }

    /** Tells the streams of a task, which stay subscribed. */
    void tell(ClientTask task, TaskDirective order) {
        tell(sinks.getOrDefault(task, List.of()), order);
    }

    /** Tells the streams of a task the last order about it. */
    void tellLast(ClientTask task, TaskDirective order) {
        List<Consumer<TaskDirective>> listening = sinks.remove(task);
        if (listening != null) {
            tell(listening, order);
        }
    }

    void clear() {
        sinks.clear();
    }

    /** A sink may unsubscribe while it is told. */
    private static void tell(List<Consumer<TaskDirective>> listening, TaskDirective order) {
        List.copyOf(listening).forEach(sink -> sink.accept(order));
    }
}
