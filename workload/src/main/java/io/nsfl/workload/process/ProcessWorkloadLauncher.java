package io.nsfl.workload.process;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.workload.Listeners;
import io.nsfl.workload.WorkloadLauncher;
import io.nsfl.workload.WorkloadSpec;
import io.nsfl.workload.WorkloadStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs workloads as processes of this machine, each in a session of its own under a supervising shell that records the exit status.
 * They survive the launcher; a new launcher over the same directory adopts them by process id and start time.
 *
 * <p>Under the directory: {@code workloads/<name>/} (see {@link StateDirectory}) and {@code logs/<name>.log}, which stays after a stop.
 * One launcher at a time may use a directory. A program's environment holds the inheritable variables and what its spec
 * adds, nothing else. All state is guarded by one lock; only the wait of {@link #stop} lets go of it.
 */
public final class ProcessWorkloadLauncher implements WorkloadLauncher {
    private static final Logger LOG = LoggerFactory.getLogger(ProcessWorkloadLauncher.class);
    private static final Duration LOOK_PERIOD = Duration.ofMillis(500);

    private final Path directory;
    private final Map<String, String> inherited;
    private final InstantSource clock;
    private final ProcessTable table = new ProcessTable(Path.of("/proc"));
    private final ProcessEnding ending;
    private final Supervisor supervisor;
    private final String bootId;
    private final Listeners listeners;
    private final ScheduledExecutorService timer;
    private final ScheduledFuture<?> looking;
    private final Map<String, ProcessWorkload> workloads = new TreeMap<>();
    private final Map<String, Object> names = new HashMap<>();

    /**
     * Adopts what the directory remembers.
     *
     * @param directory of this launcher alone, made if absent
     * @param inherited variables that every program gets: {@link Inheritable#of} the service's own environment
     * @param timer calls listeners and looks after adopted processes; not closed by this class
     */
    public ProcessWorkloadLauncher(
            Path directory, Map<String, String> inherited, InstantSource clock, ScheduledExecutorService timer) {
        this.directory = directory.toAbsolutePath();
        this.inherited = Map.copyOf(inherited);
        this.clock = clock;
        this.timer = timer;
        this.listeners = new Listeners(timer);
        this.ending = new ProcessEnding(table);
        try {
            Files.createDirectories(this.directory.resolve("workloads"));
            this.bootId =
                    Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
            this.supervisor = Supervisor.forThisMachine(Files.readAllLines(Path.of("/proc/self/cgroup")));
            adopt();
        } catch (IOException e) {
            throw failure("The launcher's directory " + directory + " cannot be used", e);
        }
        long period = LOOK_PERIOD.toMillis();
        looking = timer.scheduleWithFixedDelay(this::lookAtAll, period, period, TimeUnit.MILLISECONDS);
    }

    private void adopt() throws IOException {
        try (Stream<Path> directories = Files.list(directory.resolve("workloads"))) {
            for (Path path : directories.toList()) {
                StateDirectory state = new StateDirectory(path);
                Optional<StateDirectory.Launched> launched = state.launched();
                if (launched.isEmpty()) {
                    state.delete();
                } else {
                    adopt(state, launched.get());
                }
            }
        }
    }

    private void adopt(StateDirectory state, StateDirectory.Launched launched) {
        Optional<ProcessTable.Entry> shell = launched.bootId().equals(bootId) ? state.process() : Optional.empty();
        ProcessWorkload workload = new ProcessWorkload(state, launched, log(launched.name()), table, shell);
        workload.look();
        workloads.put(launched.name(), workload);
    }

    @Override
    public WorkloadStatus launch(WorkloadSpec spec) {
        synchronized (nameLock(spec.name())) {
            Optional<WorkloadStatus> present = find(spec.name());
            if (present.isPresent()
                    && present.get().alive()
                    && present.get().revision().equals(spec.revision())) {
                return present.get();
            }
            stop(spec.name(), Duration.ofSeconds(5));
            try {
                return start(spec);
            } catch (IOException e) {
                throw failure("Workload " + spec.name() + " (" + spec.command().getFirst() + ") cannot be started", e);
            }
        }
    }

    private synchronized WorkloadStatus start(WorkloadSpec spec) throws IOException {
        StateDirectory state = new StateDirectory(directory.resolve("workloads").resolve(spec.name()));
        LogFile log = log(spec.name());
        log.rotate();
        state.create(spec, clock.instant(), bootId);
        ProcessBuilder builder = new ProcessBuilder(supervisor.command(spec, state))
                .directory(spec.workingDirectory().orElse(state.path()).toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.path().toFile());
        builder.environment().clear();
        builder.environment().putAll(inherited);
        builder.environment().putAll(spec.environment());
        if (!spec.secrets().isEmpty()) {
            builder.environment().put(WorkloadSpec.SECRETS, "stdin");
        }
        Process process = builder.start();
        Optional<ProcessTable.Entry> shell = table.find(process.pid());
        // The shell notes its identity itself, but perhaps later than this launcher is killed.
        state.noteProcess(process.pid());
        Secrets.give(spec.secrets(), process);
        ProcessWorkload workload =
                new ProcessWorkload(state, state.launched().orElseThrow(), log, table, shell.or(state::process));
        workloads.put(spec.name(), workload);
        process.onExit().thenRunAsync(() -> look(spec.name(), workload), timer);
        WorkloadStatus status = workload.status();
        listeners.tell(status);
        return status;
    }

    @Override
    public synchronized Optional<WorkloadStatus> find(String name) {
        return Optional.ofNullable(workloads.get(name)).map(workload -> {
            tellIfEnded(workload);
            return workload.status();
        });
    }

    @Override
    public synchronized List<WorkloadStatus> list(Map<String, String> labels) {
        List<WorkloadStatus> found = new ArrayList<>();
        for (ProcessWorkload workload : workloads.values()) {
            if (workload.carries(labels)) {
                tellIfEnded(workload);
                found.add(workload.status());
            }
        }
        return found;
    }

    @Override
    public String log(String name, int mostBytes) {
        return known(name) == null ? "" : log(name).tail(mostBytes);
    }

    @Override
    public void stop(String name, Duration grace) {
        synchronized (nameLock(name)) {
            ProcessWorkload workload = known(name);
            if (workload != null) {
                ending.end(() -> treeOf(workload), grace);
                forget(name, workload);
            }
        }
    }

    private synchronized ProcessWorkload known(String name) {
        return workloads.get(name);
    }

    private synchronized List<ProcessTable.Entry> treeOf(ProcessWorkload workload) {
        return workload.tree();
    }

    private synchronized void forget(String name, ProcessWorkload workload) {
        tellIfEnded(workload);
        workload.state().delete();
        workloads.remove(name);
    }

    @Override
    public synchronized Watch watch(Map<String, String> labels, Consumer<WorkloadStatus> listener) {
        return listeners.add(labels, listener, list(labels));
    }

    @Override
    public void close() {
        looking.cancel(false);
        listeners.close();
    }

    private synchronized void lookAtAll() {
        for (ProcessWorkload workload : workloads.values()) {
            try {
                if (!workload.ended()) {
                    // Remembers who belongs to it while the family is still together.
                    workload.tree();
                    tellIfEnded(workload);
                }
            } catch (RuntimeException unseen) {
                // Thrown on, it would end the looking for ever.
                LOG.warn("A look at workload {} failed and is repeated: {}", workload.name(), unseen.getMessage());
            }
        }
    }

    private synchronized void look(String name, ProcessWorkload workload) {
        if (workloads.get(name) == workload) {
            tellIfEnded(workload);
        }
    }

    private void tellIfEnded(ProcessWorkload workload) {
        if (workload.look()) {
            // What a program leaves behind when it ends is no use to anybody.
            ending.kill(workload.tree());
            listeners.tell(workload.status());
        }
    }

    private synchronized Object nameLock(String name) {
        return names.computeIfAbsent(name, key -> new Object());
    }

    private LogFile log(String name) {
        return new LogFile(directory.resolve("logs").resolve(name + ".log"));
    }

    private static FaultException failure(String what, IOException cause) {
        return new FaultException(Fault.WORKLOAD_FAILED, what + ": " + cause.getMessage(), cause);
    }
}
