package io.nsfl.taskmanager.launch;

import io.grpc.ManagedChannel;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.Runtime;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.servicekit.security.InternalSecret;
import io.nsfl.servicekit.time.Timers;
import io.nsfl.taskmanager.ids.TaskKey;
import io.nsfl.taskmanager.task.ClientStore;
import io.nsfl.taskmanager.task.TaskDesk;
import io.nsfl.taskmanager.task.TaskRecord;
import io.nsfl.workload.WorkloadEnd;
import io.nsfl.workload.WorkloadLauncher;
import io.nsfl.workload.WorkloadSpec;
import io.nsfl.workload.WorkloadStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The executors of this client: launches one for each run of a job, adopts those of before a restart, gives them their tasks, and tells the
 * desk when one is gone. Safe from any thread; nothing blocks its caller.
 */
public final class Executors implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Executors.class);
    private static final Duration GRACE = Duration.ofSeconds(10);

    private final String client;
    private final WorkloadLauncher launcher;
    private final ExecutorWorkload workload;
    private final RunOrder order;
    private final ClientStore store;
    private final Surroundings surroundings;
    private final Map<String, ExecutorLink> links = new HashMap<>();
    private TaskDesk desk;
    private WorkloadLauncher.Watch watch;

    /** What it needs of the process around it. @param channels opens a channel to an address with a credential */
    public record Surroundings(
            Executor threads,
            Timers timers,
            Supplier<InternalSecret> newCredential,
            BiFunction<String, InternalSecret, ManagedChannel> channels) {}

    public Executors(
            String client,
            WorkloadLauncher launcher,
            ExecutorWorkload workload,
            RunOrder order,
            ClientStore store,
            Surroundings surroundings) {
        this.client = client;
        this.launcher = launcher;
        this.workload = workload;
        this.order = order;
        this.store = store;
        this.surroundings = surroundings;
    }

    /** Before any other call. */
    public synchronized void open(TaskDesk tells) {
        desk = tells;
    }

    /** Hears of the ends of executors, those of before a restart included; once the desk has its tasks. */
    public synchronized void watch() {
        watch = launcher.watch(
                Map.of("kind", "executor", "client", client),
                status -> surroundings.threads().execute(() -> changed(status)));
    }

    /** Has the task run; launches its executor if that is not there. */
    public void run(TaskRecord task) {
        surroundings.threads().execute(() -> {
            ExecutorKey key = ExecutorKey.of(client, task.key());
            try {
                launcher.find(key.name()).ifPresent(this::changed);
                ExecutorLink link = launch(key, task);
                link.want(task);
            } catch (IOException | RuntimeException e) {
                LOG.error("The executor of {} cannot be started", task.id(), e);
                desk.failed(
                        task.key(),
                        e instanceof FaultException fault ? fault.fault() : Fault.WORKLOAD_FAILED,
                        "Its executor cannot be started: " + e.getMessage());
            }
        });
    }

    /** After a restart: an executor that still runs calls back and is asked; of one that is gone the desk learns. */
    public void recover(TaskRecord task) {
        ExecutorKey key = ExecutorKey.of(client, task.key());
        Optional<WorkloadStatus> status = launcher.find(key.name());
        Optional<String> credential = store.credential(key.name());
        if (status.isEmpty() || credential.isEmpty()) {
            desk.executorEnded(key.namespace(), key.job(), key.run(), new WorkloadEnd.Lost(), "");
        } else {
            link(key, InternalSecret.of(credential.get())).want(task);
        }
    }

    private ExecutorLink launch(ExecutorKey key, TaskRecord task) throws IOException {
        stopOtherRuns(key);
        Runtime runtime = Runtime.of(task.description().orElseThrow().getRuntime())
                .orElseThrow(() -> new FaultException(
                        Fault.TASK_REFUSED,
                        "The runtime " + task.description().orElseThrow().getRuntime() + " is not known here."));
        Files.createDirectories(workload.directory(key));
        Files.write(workload.configFile(key), JobJson.bytes(workload.config(key, runtime)));
        InternalSecret credential = credential(key);
        WorkloadSpec spec = workload.spec(key, credential.hex());
        ExecutorLink link = link(key, credential);
        launcher.launch(spec);
        return link;
    }

    private synchronized InternalSecret credential(ExecutorKey key) {
        Optional<String> known = store.credential(key.name());
        if (known.isPresent()) {
            return InternalSecret.of(known.get());
        }
        InternalSecret made = surroundings.newCredential().get();
        store.putCredential(key.name(), made.hex());
        return made;
    }

    private synchronized ExecutorLink link(ExecutorKey key, InternalSecret credential) {
        return links.computeIfAbsent(key.name(), name -> new ExecutorLink(name, desk, order, surroundings, credential));
    }

    /** A new run of a job ends the executors of its earlier ones, unless they still work. */
    private void stopOtherRuns(ExecutorKey key) {
        Map<String, String> job =
                Map.of("kind", "executor", "client", client, "namespace", key.namespace(), "job", key.job());
        for (WorkloadStatus other : launcher.list(job)) {
            ExecutorLink link = known(other.name());
            if (!other.name().equals(key.name()) && (link == null || link.idle())) {
                forget(other.name());
            }
        }
    }

    private synchronized ExecutorLink known(String name) {
        return links.get(name);
    }

    /**
     * An executor says where it listens.
     *
     * @throws FaultException CLIENT_UNKNOWN when this client has none of that id
     */
    public void ready(String name, String address) {
        Optional<String> credential = store.credential(name);
        ExecutorLink link = known(name);
        if (credential.isEmpty() || (link == null && launcher.find(name).isEmpty())) {
            throw new FaultException(Fault.CLIENT_UNKNOWN, "This client has no executor " + name + ".");
        }
        if (link == null) {
            link = link(ExecutorKey.of(launcher.find(name).orElseThrow()), InternalSecret.of(credential.get()));
        }
        link.connect(address);
    }

    /** The id of the executor of this client that has this credential. Looks at all of them, whichever it is. */
    public Optional<String> withCredential(String presented) {
        Optional<String> caller = Optional.empty();
        for (Map.Entry<String, String> executor : store.credentials().entrySet()) {
            if (InternalSecret.of(executor.getValue()).matches(presented)) {
                caller = Optional.of(executor.getKey());
            }
        }
        return caller;
    }

    /** The id of the executor that a task belongs to, running or not. */
    String idFor(TaskKey task) {
        return ExecutorKey.of(client, task).name();
    }

    /** The task has ended: its executor need not be told about it again. */
    public void ended(TaskKey task) {
        ExecutorLink link = known(ExecutorKey.of(client, task).name());
        if (link != null) {
            link.ended(task);
        }
    }

    /** The task is not wanted any more: what runs of it is stopped. */
    public void release(TaskKey task, String reason) {
        ExecutorLink link = known(ExecutorKey.of(client, task).name());
        if (link != null) {
            link.release(task, reason);
        }
    }

    private void changed(WorkloadStatus status) {
        if (status.end().isEmpty()
                || launcher.find(status.name()).filter(WorkloadStatus::alive).isPresent()) {
            return;
        }
        ExecutorKey key = ExecutorKey.of(status);
        LOG.info(
                "Executor {} of {}/{} is gone: {}",
                status.name(),
                key.namespace(),
                key.job(),
                status.end().get().describe());
        forget(status.name());
        desk.executorEnded(key.namespace(), key.job(), key.run(), status.end().get(), status.logTail());
    }

    private void forget(String name) {
        launcher.stop(name, GRACE);
        ExecutorLink link;
        synchronized (this) {
            link = links.remove(name);
            store.forgetExecutor(name);
        }
        if (link != null) {
            link.close();
        }
    }

    /** Lets go of them; they go on and are adopted by the next start. */
    @Override
    public synchronized void close() {
        if (watch != null) {
            watch.close();
        }
        List.copyOf(links.values()).forEach(ExecutorLink::close);
    }
}
