package io.nsfl.coordinator;

import io.nsfl.coordinator.extender.ExtenderSettings;
import io.nsfl.protocol.job.JobConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What a coordinator is started with.
 *
 * @param job the job
 * @param run the run that the job-scheduler made; empty in direct mode
 * @param epoch launch of that run, from 1
 * @param bind address the server listens on
 * @param port 0 = any free one
 * @param schedulerAddress {@code host:port} for heartbeats; empty = nobody is told
 * @param selectorAddress {@code host:port}; empty = direct mode: this process hosts the clients' sessions itself
 * @param reportPeriod between two heartbeats without news
 * @param workspace the namespace's root, against which checkpoint paths are reported
 * @param checkpointsDirectory name of the directory of checkpoints below a run's output
 * @param journals directory of the journals of this job's runs
 * @param keys directory of run keys, in direct mode
 * @param viaProxy clients come through the proxy, on the channel they have
 * @param logLevel as given
 * @param extender what the processes of the job's extender may take
 */
public record CoordinatorProperties(
        JobConfig job,
        Optional<String> run,
        long epoch,
        String bind,
        int port,
        Optional<String> schedulerAddress,
        Optional<String> selectorAddress,
        Duration reportPeriod,
        Path workspace,
        String checkpointsDirectory,
        Path journals,
        Path keys,
        boolean viaProxy,
        String logLevel,
        ExtenderSettings extender) {
    /** Whether this process hosts the clients' sessions itself. */
    public boolean direct() {
        return selectorAddress.isEmpty();
    }

    Path output() {
        return Path.of(job.output().isEmpty() ? "." : job.output());
    }
}
