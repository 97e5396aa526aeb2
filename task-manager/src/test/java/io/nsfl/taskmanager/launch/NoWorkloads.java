package io.nsfl.taskmanager.launch;

import io.nsfl.workload.WorkloadLauncher;
import io.nsfl.workload.WorkloadSpec;
import io.nsfl.workload.WorkloadStatus;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Launches nothing, for tests of what does not need it. */
class NoWorkloads implements WorkloadLauncher {
    @Override
    public WorkloadStatus launch(WorkloadSpec spec) {
        throw new AssertionError("This test launches nothing, but was asked for " + spec.name());
    }

    @Override
    public Optional<WorkloadStatus> find(String name) {
        return Optional.empty();
    }

    @Override
    public List<WorkloadStatus> list(Map<String, String> labels) {
        return List.of();
    }

    @Override
    public String log(String name, int mostBytes) {
        return "";
    }

    @Override
    public void stop(String name, Duration grace) {}

    @Override
    public Watch watch(Map<String, String> labels, Consumer<WorkloadStatus> listener) {
        return () -> {};
    }

    @Override
    public void close() {}
}
