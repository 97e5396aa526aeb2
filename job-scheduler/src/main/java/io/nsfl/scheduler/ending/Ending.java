package io.nsfl.scheduler.ending;

import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.JobKey;
import io.nsfl.scheduler.clients.CoordinatorCalls;
import io.nsfl.scheduler.clients.SelectorCalls;
import io.nsfl.scheduler.job.Job;
import io.nsfl.scheduler.job.JobFlow;
import io.nsfl.scheduler.job.JobState;
import io.nsfl.scheduler.job.Move;
import io.nsfl.scheduler.launch.CoordinatorLog;
import io.nsfl.scheduler.route.JobRoutes;
import io.nsfl.servicekit.time.Timers;
import io.nsfl.workload.WorkloadLauncher;
import io.nsfl.workload.WorkloadStatus;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends coordinators: politely, within a bound, and then by force. Nothing of a job that has ended goes on running. */
public final class Ending {
    private static final Logger log = LoggerFactory.getLogger(Ending.class);

    private final JobFlow flow;
    private final CoordinatorCalls coordinators;
    private final WorkloadLauncher launcher;
    private final CoordinatorLog logs;
    private final Leases leases;
    private final JobRoutes routes;
    private final EndingPolicy policy;

    public Ending(
            JobFlow flow,
            CoordinatorCalls coordinators,
            WorkloadLauncher launcher,
            CoordinatorLog logs,
            Leases leases,
            JobRoutes routes,
            EndingPolicy policy) {
        this.flow = flow;
        this.coordinators = coordinators;
        this.launcher = launcher;
        this.logs = logs;
        this.leases = leases;
        this.routes = routes;
        this.policy = policy;
    }

    /** How leases are given free. */
    public static Ending of(
            JobFlow flow,
            CoordinatorCalls coordinators,
            WorkloadLauncher launcher,
            CoordinatorLog logs,
            SelectorCalls selector,
            JobRoutes routes,
            EndingPolicy policy,
            Timers timers,
            Executor threads) {
        return new Ending(flow, coordinators, launcher, logs, new Leases(selector, timers, threads), routes, policy);
    }

    /** A job that is STOPPING: its coordinator is asked to end, and ended if it has not within the bound. */
    public void stop(Job job) {
        if (isAlive(job)) {
            flow.aside(() -> askToStop(job));
            flow.laterFor(job, policy.patience(), this::halt);
        } else {
            halt(job);
        }
    }

    /** The workload of a job has ended while it was STOPPING. */
    public void halt(Job job) {
        if (job.state() == JobState.STOPPING) {
            end(job, "the job was stopped");
            flow.move(job, Move.HALT, "", edit -> {});
        }
    }

    /**
     * A job that has ended: its coordinator may write its last files and ends by itself; what is left of it after the bound is
     * ended by force.
     */
    public void cleanUp(Job job) {
        if (isAlive(job)) {
            flow.later(job.key(), policy.patience(), () -> cleanUpNow(job));
        } else {
            end(job, "the job has ended");
        }
    }

    /** The workload of an ended job is gone by itself. */
    public void cleanUpNow(Job ended) {
        if (flow.find(ended.key()).filter(ended::sameLaunch).isPresent()) {
            end(ended, "the job has ended");
        } else {
            // Started again or deleted: the workload of that name is another one now, or none.
            leases.release(ended, "the job has ended");
        }
    }

    /** Ends whatever runs under the job's name and gives its clients free. Returns when it has ended. */
    void end(Job job, String reason) {
        leases.release(job, reason);
        routes.close(job.key());
        logs.keep(job);
        launcher.stop(job.workload(), policy.grace());
    }

    /** A coordinator that belongs to no job any more. */
    public void endOrphan(JobKey key) {
        routes.close(key);
        launcher.stop(key.serviceName(), policy.grace());
    }

    private boolean isAlive(Job job) {
        return launcher.find(job.workload()).filter(WorkloadStatus::alive).isPresent();
    }

    private void askToStop(Job job) {
        if (job.address().isEmpty()) {
            // It hears it as the answer to its first heartbeat.
            return;
        }
        try {
            coordinators.stop(job.address().get(), job.runRef(), "A user stopped the job.");
        } catch (FaultException unheard) {
            log.info("The coordinator of job {} has not heard the stop: {}", job.key(), unheard.getMessage());
            flow.laterFor(job, policy.again(), now -> {
                if (now.state() == JobState.STOPPING && isAlive(now)) {
                    flow.aside(() -> askToStop(now));
                }
            });
        }
    }
}
