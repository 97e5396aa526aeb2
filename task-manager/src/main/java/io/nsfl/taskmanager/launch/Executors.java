package io.nsfl.taskmanager.launch;

import io.grpc.ManagedChannel;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.Runtime;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.protocol.v1.Resources;
import io.nsfl.protocol.v1.TaskDescription;
import io.nsfl.servicekit.security.InternalSecret;
import io.nsfl.servicekit.time.Timers;
import io.nsfl.taskmanager.ids.TaskKey;
import io.nsfl.taskmanager.task.ClientStore;
import io.nsfl.taskmanager.task.TaskDesk;
import io.nsfl.taskmanager.task.TaskRecord;
import io.nsfl.workload.WorkloadEnd;
import io.nsfl.workload.WorkloadLauncher;
import io.nsfl.workload.WorkloadPhase;
import io.nsfl.workload.WorkloadSpec;
import io.nsfl.workload.WorkloadStatus;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
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
    private static final Duration AGAIN = Duration.ofSeconds(5);
    private static final Duration GRACE = Duration.ofSeconds(10);

    private final String client;
    private final WorkloadLauncher launcher;
    private final ExecutorWorkload workload;
    private final RunOrder order;
    private final ClientStore store;
    private final Surroundings surroundings;
    private final ExecutorRoom room;
    private final Map<String, ExecutorLink> links = new HashMap<>();

    /** One at a time: whoever ends an executor takes its time, in which nobody may launch it for a task that came meanwhile. */
    private final Lock placing = new ReentrantLock();

    private TaskDesk desk;
    private WorkloadLauncher.Watch watch;

    /** What it needs of the process around it. @param channels opens a channel to an address with a credential */
    public record Surroundings(
            Executor threads,
            Timers timers,
            Supplier<InternalSecret> newCredential,
            BiFunction<String, InternalSecret, ManagedChannel> channels) {}

    /** @param capacity what all executors together may hold */
    public Executors(
            String client,
            WorkloadLauncher launcher,
            ExecutorWorkload workload,
            RunOrder order,
            ClientStore store,
            Resources capacity,
            Surroundings surroundings) {
        this.client = client;
        this.launcher = launcher;
        this.workload = workload;
        this.order = order;
        this.store = store;
        this.surroundings = surroundings;
        this.room = new ExecutorRoom(capacity);
    }

    /** Before any other call. */
    public synchronized void open(TaskDesk tells) {
        desk = tells;
    }

    /** Hears of the ends of executors, those of before a restart included; once the desk has its tasks. */
    public synchronized void watch() {
        watch = launcher.watch(
                Map.of("component", ExecutorWorkload.COMPONENT, "client", client),
                status -> inTurn(() -> changed(status)));
    }

    /** Has the task run; launches its executor if that is not there. */
    public void run(TaskRecord task) {
        inTurn(() -> {
            List<ExecutorSeat> seats = seats(task);
            try {
                seats.forEach(seat -> launcher.find(seat.name()).ifPresent(this::changed));
                if (seats.size() > 1 && task.kills() > 0) {
                    // Those that are left wait for one that is gone.
                    seats.forEach(seat -> forget(seat.name()));
                }
                launch(seats, task);
            } catch (FaultException refused) {
                if (refused.fault() == Fault.UNAVAILABLE) {
                    LOG.warn("The executor of {} is started later: {}", task.id(), refused.getMessage());
                    surroundings.timers().schedule(AGAIN, surroundings.threads(), () -> runIfStillWanted(task));
                } else {
                    notStarted(task, refused);
                }
            } catch (IOException | RuntimeException e) {
                notStarted(task, e);
            }
        });
    }

    private void inTurn(Runnable placed) {
        surroundings.threads().execute(() -> {
            placing.lock();
            try {
                placed.run();
            } finally {
                placing.unlock();
            }
        });
    }

    private void notStarted(TaskRecord task, Exception why) {
        LOG.error("The executor of {} cannot be started", task.id(), why);
        desk.failed(
                task.key(),
                why instanceof FaultException fault ? fault.fault() : Fault.WORKLOAD_FAILED,
                "Its executor cannot be started: " + why.getMessage());
    }

    private void runIfStillWanted(TaskRecord task) {
        desk.find(task.key())
                .thenAccept(now -> now.filter(known -> known.state() == task.state() && known.kills() == task.kills())
                        .ifPresent(this::run));
    }

    /** The executors that a task needs. */
    List<ExecutorSeat> seats(TaskRecord task) {
        return workload.seats(
                ExecutorKey.of(client, task.key()), task.resources().getWorkerNum());
    }

    /** After a restart: an executor that still runs calls back and is asked; of one that is gone the desk learns. */
    public void recover(TaskRecord task) {
        List<ExecutorSeat> seats = seats(task);
        boolean complete = seats.stream()
                .allMatch(seat -> launcher.find(seat.name()).isPresent()
                        && store.credential(seat.name()).isPresent());
        if (complete) {
            seats.forEach(seat -> link(seat.name(), credential(seat)).want(task));
        } else {
            ExecutorKey key = seats.getFirst().key();
            desk.executorEnded(key.namespace(), key.job(), key.run(), new WorkloadEnd.Lost(), "");
        }
    }

    private void launch(List<ExecutorSeat> seats, TaskRecord task) throws IOException {
        stopOtherRuns(seats.getFirst().key());
        TaskDescription description = task.description().orElseThrow();
        Runtime runtime = Runtime.of(description.getRuntime())
                .orElseThrow(() -> new FaultException(
                        Fault.TASK_REFUSED, "The runtime " + description.getRuntime() + " is not known here."));
        for (ExecutorSeat seat : seats) {
            configure(seat, JobJson.bytes(workload.config(seat, runtime, description.getDatasetsList())));
        }
        makeRoom(seats, task.resources());
        for (ExecutorSeat seat : seats) {
            InternalSecret credential = credential(seat);
            WorkloadSpec spec = workload.spec(seat, task.resources(), credential.hex());
            // Before it runs, so that it is not taken for an idle one.
            link(seat.name(), credential).want(task);
            launcher.launch(spec);
        }
    }

    /**
     * One that was started with something else, for example before the owner asked for more, is not the one that is wanted.
     *
     * @throws FaultException UNAVAILABLE while that one works
     */
    private void configure(ExecutorSeat seat, byte[] config) throws IOException {
        if (workload.directories().configuredOtherwise(seat.name(), config)) {
            if (!idle(seat.name())) {
                throw new FaultException(
                        Fault.UNAVAILABLE,
                        "Executor " + seat.name()
                                + " works with another configuration; it is started anew when it is idle.");
            }
            forget(seat.name());
        }
        workload.directories().configure(seat.name(), config);
    }

    private synchronized InternalSecret credential(ExecutorSeat seat) {
        Optional<String> known = store.credential(seat.name());
        if (known.isPresent()) {
            return InternalSecret.of(known.get());
        }
        InternalSecret made = surroundings.newCredential().get();
        store.putCredential(seat.name(), made.hex());
        return made;
    }

    private synchronized ExecutorLink link(String executor, InternalSecret credential) {
        return links.computeIfAbsent(executor, name -> new ExecutorLink(name, desk, order, surroundings, credential));
    }

    /** A new run of a job ends the executors of its earlier ones, unless they still work. */
    private void stopOtherRuns(ExecutorKey key) {
        Map<String, String> job = Map.of(
                "component",
                ExecutorWorkload.COMPONENT,
                "client",
                client,
                "namespace",
                key.namespace(),
                "job",
                key.job());
        for (WorkloadStatus other : launcher.list(job)) {
            ExecutorLink link = known(other.name());
            if (!key.owns(other.name()) && (link == null || link.idle())) {
                forget(other.name());
            }
        }
    }

    /** Executors that only wait for their job's next round go where this task's would wait for them. */
    private void makeRoom(List<ExecutorSeat> seats, Resources worker) {
        int workersOfASeat = seats.size() > 1 ? 1 : Math.max(1, worker.getWorkerNum());
        Resources each = Resources.newBuilder()
                .setCpu(worker.getCpu() * workersOfASeat)
                .setMemoryMb(worker.getMemoryMb() * workersOfASeat)
                .setGpu(worker.getGpu() * workersOfASeat)
                .build();
        List<String> names = seats.stream().map(ExecutorSeat::name).toList();
        for (String name : room.take(names, each, this::idle)) {
            endIdle(name, names);
        }
    }

    private void endIdle(String name, List<String> needed) {
        LOG.info("Executor {} is idle and makes room for {}", name, needed);
        forget(name);
    }

    private boolean idle(String name) {
        ExecutorLink link = known(name);
        return link == null || link.idle();
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
            link = link(name, InternalSecret.of(credential.get()));
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

    /** The run that a task belongs to. */
    ExecutorKey runOf(TaskKey task) {
        return ExecutorKey.of(client, task);
    }

    private synchronized List<ExecutorLink> linksOf(TaskKey task) {
        ExecutorKey run = runOf(task);
        return links.entrySet().stream()
                .filter(link -> run.owns(link.getKey()))
                .map(Map.Entry::getValue)
                .toList();
    }

    /** The task has ended: its executor need not be told about it again; of several those that still work on it stop. */
    public void ended(TaskKey task) {
        List<ExecutorLink> its = linksOf(task);
        if (its.size() == 1) {
            its.getFirst().ended(task);
        } else {
            its.forEach(link -> link.release(task, "another worker of the task has ended it"));
        }
    }

    /** The task has trained and the first of its executors masks the result; those that helped to train stop. */
    public void trained(TaskRecord task) {
        String masking = seats(task).getFirst().name();
        ExecutorKey run = runOf(task.key());
        List<ExecutorLink> helpers;
        synchronized (this) {
            helpers = links.entrySet().stream()
                    .filter(link -> run.owns(link.getKey()) && !link.getKey().equals(masking))
                    .map(Map.Entry::getValue)
                    .toList();
        }
        helpers.forEach(link -> link.release(task.key(), "the task has trained"));
    }

    /** The task is not wanted any more: what runs of it is stopped. */
    public void release(TaskKey task, String reason) {
        linksOf(task).forEach(link -> link.release(task, reason));
    }

    /** A cluster that has no room for an executor may have it when idle ones of other runs are gone. */
    private void makeRoomInCluster(WorkloadStatus waiting) {
        ExecutorKey run = ExecutorKey.of(waiting);
        for (WorkloadStatus other : launcher.list(Map.of("component", ExecutorWorkload.COMPONENT, "client", client))) {
            if (other.alive() && !run.owns(other.name()) && idle(other.name())) {
                endIdle(other.name(), List.of(waiting.name()));
            }
        }
    }

    private void changed(WorkloadStatus status) {
        if (status.phase() == WorkloadPhase.WAITING) {
            makeRoomInCluster(status);
        }
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

    /** Deletes what executors have left that were not needed for long. */
    public void tidy(Instant now) {
        workload.directories()
                .tidy(
                        now,
                        name -> known(name) != null
                                || launcher.find(name)
                                        .filter(WorkloadStatus::alive)
                                        .isPresent());
    }

    private void forget(String name) {
        launcher.stop(name, GRACE);
        room.leave(name);
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
