package io.nsfl.taskmanager.launch;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import io.grpc.ManagedChannel;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.CancelTaskRequest;
import io.nsfl.protocol.v1.ExecutorServiceGrpc;
import io.nsfl.protocol.v1.ExecutorStatus;
import io.nsfl.protocol.v1.ExecutorStatusRequest;
import io.nsfl.protocol.v1.RunTaskResponse;
import io.nsfl.protocol.v1.TaskRef;
import io.nsfl.servicekit.fault.GrpcFaults;
import io.nsfl.servicekit.security.InternalSecret;
import io.nsfl.taskmanager.fetch.Attempts;
import io.nsfl.taskmanager.ids.TaskKey;
import io.nsfl.taskmanager.task.TaskDesk;
import io.nsfl.taskmanager.task.TaskRecord;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way to one executor, and the tasks it is to run. They are sent when it has said where it listens, and again whenever it says so again:
 * an executor takes a task once, however often it is told.
 */
final class ExecutorLink {
    private static final Duration AGAIN = Duration.ofMillis(500);
    private static final long CALL_SECONDS = 20;

    private static final Logger LOG = LoggerFactory.getLogger(ExecutorLink.class);

    private final String name;
    private final TaskDesk desk;
    private final RunOrder order;
    private final Executors.Surroundings surroundings;
    private final InternalSecret credential;
    private final Map<TaskKey, TaskRecord> wanted = new LinkedHashMap<>();
    private String address = "";
    private ManagedChannel channel;
    private boolean closed;

    ExecutorLink(
            String name,
            TaskDesk desk,
            RunOrder order,
            Executors.Surroundings surroundings,
            InternalSecret credential) {
        this.name = name;
        this.desk = desk;
        this.order = order;
        this.surroundings = surroundings;
        this.credential = credential;
    }

    synchronized boolean idle() {
        return wanted.isEmpty();
    }

    synchronized void want(TaskRecord task) {
        wanted.put(task.key(), task);
        send(task.key());
    }

    synchronized void connect(String listensAt) {
        if (closed) {
            return;
        }
        if (!listensAt.equals(address) || channel == null) {
            LOG.info("Executor {} listens at {}", name, listensAt);
            shutdown();
            address = listensAt;
            channel = surroundings.channels().apply(listensAt, credential);
            wanted.keySet().forEach(this::send);
        }
        stopWhatIsOver();
    }

    /** It may run what nobody waits for: a word to stop was lost, or the task's time passed while this client was down. */
    private void stopWhatIsOver() {
        if (channel == null) {
            return;
        }
        Futures.addCallback(
                ExecutorServiceGrpc.newFutureStub(channel)
                        .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS)
                        .status(ExecutorStatusRequest.getDefaultInstance()),
                new FutureCallback<ExecutorStatus>() {
                    @Override
                    public void onSuccess(ExecutorStatus status) {
                        status.getRunningList().forEach(ExecutorLink.this::stopIfOver);
                    }

                    @Override
                    public void onFailure(Throwable failure) {
                        LOG.debug("Executor {} does not tell what it runs: {}", name, failure.getMessage());
                    }
                },
                surroundings.threads());
    }

    private void stopIfOver(TaskRef running) {
        desk.find(TaskKey.of(running)).thenAccept(task -> {
            if (task.map(known -> known.state().over()).orElse(true)) {
                LOG.info("Executor {} runs a task that is over, and stops it: {}", name, TaskKey.of(running));
                cancel(running, task.map(TaskRecord::reason).orElse("nobody waits for it"));
            }
        });
    }

    synchronized void ended(TaskKey key) {
        wanted.remove(key);
    }

    synchronized void release(TaskKey key, String reason) {
        TaskRecord task = wanted.remove(key);
        if (task != null) {
            cancel(task.ref(), reason);
        }
    }

    private synchronized void cancel(TaskRef task, String reason) {
        if (channel != null) {
            ExecutorServiceGrpc.newFutureStub(channel)
                    .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS)
                    .cancel(CancelTaskRequest.newBuilder()
                            .setTask(task)
                            .setReason(reason)
                            .build());
        }
    }

    private synchronized void send(TaskKey key) {
        TaskRecord task = wanted.get(key);
        if (task == null || channel == null || closed) {
            return;
        }
        Futures.addCallback(
                ExecutorServiceGrpc.newFutureStub(channel)
                        .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS)
                        .run(order.of(task)),
                new FutureCallback<RunTaskResponse>() {
                    @Override
                    public void onSuccess(RunTaskResponse taken) {
                        desk.taken(key);
                    }

                    @Override
                    public void onFailure(Throwable failure) {
                        refused(key, GrpcFaults.from(failure));
                    }
                },
                surroundings.threads());
    }

    private void refused(TaskKey key, FaultException failure) {
        if (Attempts.passes(failure)) {
            // If the executor is gone, the launcher tells; this only bridges its start and short disturbances.
            surroundings.timers().schedule(AGAIN, surroundings.threads(), () -> send(key));
        } else {
            synchronized (this) {
                wanted.remove(key);
            }
            desk.failed(key, failure.fault(), failure.getMessage());
        }
    }

    synchronized void close() {
        closed = true;
        shutdown();
    }

    private void shutdown() {
        if (channel != null) {
            channel.shutdown();
            channel = null;
        }
    }
}
