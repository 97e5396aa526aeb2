package io.nsfl.workload;

import io.nsfl.protocol.fault.FaultException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Runs workloads (pods, or processes of this machine) and tells how they end. What was launched is remembered outside the
 * launcher: a new launcher over the same place finds it again, running or ended.
 *
 * <p>A name stands for at most one workload at a time. All methods may be called from any thread; calls that concern the same
 * name wait for each other. Failures of the platform below are {@link FaultException}s with WORKLOAD_FAILED.
 */
public interface WorkloadLauncher extends AutoCloseable {
    /**
     * Makes sure that this workload runs. Safe to repeat, also after a restart: absent is started, alive with the same
     * {@link WorkloadSpec#revision()} is adopted, alive with another revision is stopped and replaced, ended is started anew.
     */
    WorkloadStatus launch(WorkloadSpec spec);

    /** The workload of this name, running or ended and not yet {@link #stop stopped}. */
    Optional<WorkloadStatus> find(String name);

    /**
     * The end of what it has written so far: whole lines, at most so many bytes; empty when there is none, or it cannot be had now.
     */
    String log(String name, int mostBytes);

    /** All workloads that carry every one of these labels; an empty map asks for all. */
    List<WorkloadStatus> list(Map<String, String> labels);

    /**
     * Ends the workload and everything it started except workloads that it launched itself, politely first and by force after {@code grace}, and forgets it; blocks until that
     * is done. Of an ended workload only the memory is removed. Unknown names are no error.
     */
    void stop(String name, Duration grace);

    /**
     * Tells the listener about every workload with these labels: at once its present status, then each change of phase. The
     * same status may come twice. Listeners are called one at a time and must not block for long; what they throw is logged.
     *
     * @return closes the watch
     */
    Watch watch(Map<String, String> labels, Consumer<WorkloadStatus> listener);

    /** Stops watching. Workloads go on. */
    @Override
    void close();

    /** A running watch. */
    interface Watch extends AutoCloseable {
        /** No call of the listener begins after this returned. */
        @Override
        void close();
    }
}
