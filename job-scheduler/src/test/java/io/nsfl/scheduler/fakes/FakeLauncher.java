package io.nsfl.scheduler.fakes;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.workload.WorkloadEnd;
import io.nsfl.workload.WorkloadLauncher;
import io.nsfl.workload.WorkloadPhase;
import io.nsfl.workload.WorkloadSpec;
import io.nsfl.workload.WorkloadStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Workloads that run in nobody's machine and end when a test says so. They outlive a scheduler, as real ones do. */
public final class FakeLauncher implements WorkloadLauncher {
    private final Map<String, WorkloadStatus> workloads = new LinkedHashMap<>();
    private final List<WorkloadSpec> launches = new CopyOnWriteArrayList<>();
    private final List<String> stops = new CopyOnWriteArrayList<>();
    private final List<Consumer<WorkloadStatus>> listeners = new CopyOnWriteArrayList<>();
    private volatile boolean broken;
    private volatile boolean away;

    /** Every launch that really started something. */
    public List<WorkloadSpec> launches() {
        return launches;
    }

    public List<String> stops() {
        return stops;
    }

    /** From now on nothing can be launched, or it can again. */
    public void setBroken(boolean broken) {
        this.broken = broken;
    }

    /** From now on nobody answers who could end something, or somebody does again. */
    public void setAway(boolean away) {
        this.away = away;
    }

    public void end(String name, WorkloadEnd end, String logTail) {
        WorkloadStatus ended;
        synchronized (this) {
            WorkloadStatus running = workloads.get(name);
            ended = status(name, running.revision(), running.labels(), Optional.of(end), logTail);
            workloads.put(name, ended);
        }
        listeners.forEach(listener -> listener.accept(ended));
    }

    @Override
    public synchronized WorkloadStatus launch(WorkloadSpec spec) {
        if (broken) {
            throw new FaultException(Fault.WORKLOAD_FAILED, "There is no room for " + spec.name() + ".");
        }
        WorkloadStatus known = workloads.get(spec.name());
        if (known != null && known.alive() && known.revision().equals(spec.revision())) {
            return known;
        }
        launches.add(spec);
        WorkloadStatus started = status(spec.name(), spec.revision(), spec.labels(), Optional.empty(), "");
        workloads.put(spec.name(), started);
        return started;
    }

    @Override
    public synchronized Optional<WorkloadStatus> find(String name) {
        return Optional.ofNullable(workloads.get(name));
    }

    @Override
    public synchronized List<WorkloadStatus> list(Map<String, String> labels) {
        return new ArrayList<>(workloads.values());
    }

    @Override
    public synchronized String log(String name, int mostBytes) {
        return find(name).map(WorkloadStatus::logTail).orElse("");
    }

    @Override
    public synchronized void stop(String name, Duration grace) {
        if (away) {
            throw new FaultException(Fault.UNAVAILABLE, "Nobody answers.");
        }
        if (workloads.remove(name) != null) {
            stops.add(name);
        }
    }

    @Override
    public Watch watch(Map<String, String> labels, Consumer<WorkloadStatus> listener) {
        list(labels).forEach(listener);
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    @Override
    public void close() {
        listeners.clear();
    }

    private static WorkloadStatus status(
            String name, String revision, Map<String, String> labels, Optional<WorkloadEnd> end, String logTail) {
        return new WorkloadStatus(
                name,
                revision,
                labels,
                end.isPresent() ? WorkloadPhase.ENDED : WorkloadPhase.RUNNING,
                end,
                logTail,
                Optional.empty(),
                OptionalLong.empty(),
                Instant.EPOCH);
    }
}
