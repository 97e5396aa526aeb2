package io.nsfl.workload;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who wants to know. Tells one listener after the other, in order, on the given executor and never on the caller's thread. */
public final class Listeners {
    private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

    private final Executor executor;
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final Queue<Runnable> calls = new ArrayDeque<>();
    private boolean calling;

    public Listeners(Executor executor) {
        this.executor = executor;
    }

    /** From now on it hears, what is present first. */
    public WorkloadLauncher.Watch add(
            Map<String, String> labels, Consumer<WorkloadStatus> consumer, List<WorkloadStatus> present) {
        Listener listener = new Listener(Map.copyOf(labels), consumer);
        listeners.add(listener);
        present.forEach(status -> enqueue(() -> listener.hear(status)));
        return () -> {
            listeners.remove(listener);
            listener.close();
        };
    }

    public void tell(WorkloadStatus status) {
        for (Listener listener : listeners) {
            enqueue(() -> listener.hear(status));
        }
    }

    /** Nobody is told any more. */
    public void close() {
        listeners.forEach(Listener::close);
        listeners.clear();
    }

    private void enqueue(Runnable call) {
        synchronized (calls) {
            calls.add(call);
            if (calling) {
                return;
            }
            calling = true;
        }
        executor.execute(this::drain);
    }

    private void drain() {
        while (true) {
            Runnable call;
            synchronized (calls) {
                call = calls.poll();
                if (call == null) {
                    calling = false;
                    return;
                }
            }
            call.run();
        }
    }

    private static final class Listener {
        private final Map<String, String> labels;
        private final Consumer<WorkloadStatus> consumer;
        private volatile boolean open = true;

        private Listener(Map<String, String> labels, Consumer<WorkloadStatus> consumer) {
            this.labels = labels;
            this.consumer = consumer;
        }

        private void hear(WorkloadStatus status) {
            if (!open || !status.labels().entrySet().containsAll(labels.entrySet())) {
                return;
            }
            try {
                consumer.accept(status);
            } catch (RuntimeException e) {
                LOG.error("A listener failed on the news that workload {} is {}", status.name(), status.phase(), e);
            }
        }

        private void close() {
            open = false;
        }
    }
}
