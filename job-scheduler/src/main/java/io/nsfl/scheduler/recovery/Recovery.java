package io.nsfl.scheduler.recovery;

import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.JobKey;
import io.nsfl.protocol.v1.CoordinatorStatus;
import io.nsfl.scheduler.clients.CoordinatorCalls;
import io.nsfl.scheduler.ending.Ending;
import io.nsfl.scheduler.job.Job;
import io.nsfl.scheduler.job.JobFlow;
import io.nsfl.scheduler.job.JobState;
import io.nsfl.scheduler.job.JobTable;
import io.nsfl.scheduler.launch.CoordinatorWorkload;
import io.nsfl.scheduler.models.Publication;
import io.nsfl.scheduler.watch.Watch;
import io.nsfl.workload.WorkloadLauncher;
import io.nsfl.workload.WorkloadStatus;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes up every stored job where it was left: running coordinators are adopted by name, run and epoch, the queue, stops and
 * deletions go on, and coordinators without a job are ended. Then it keeps hearing how workloads end.
 */
public final class Recovery {
    private static final Logger log = LoggerFactory.getLogger(Recovery.class);

    private final JobTable table;
    private final JobFlow flow;
    private final WorkloadLauncher launcher;
    private final CoordinatorCalls coordinators;
    private final Watch watch;
    private final Ending ending;
    private final Publication publication;

    public Recovery(
            JobTable table,
            JobFlow flow,
            WorkloadLauncher launcher,
            CoordinatorCalls coordinators,
            Watch watch,
            Ending ending,
            Publication publication) {
        this.table = table;
        this.flow = flow;
        this.launcher = launcher;
        this.coordinators = coordinators;
        this.watch = watch;
        this.ending = ending;
        this.publication = publication;
    }

    /** @return closes the watch of the workloads */
    public WorkloadLauncher.Watch begin() {
        table.each(this::takeUpIfPossible);
        // Tells every workload at once as it is now: also those that ended while nobody looked, and orphans.
        return launcher.watch(CoordinatorWorkload.ALL, this::seen);
    }

    /** One document that is none of ours, from a later version perhaps, leaves the others alone. */
    private void takeUpIfPossible(Job job) {
        try {
            takeUp(job);
        } catch (IllegalStateException unreadable) {
            log.error("Job {} is not taken up", job.key(), unreadable);
        }
    }

    private void takeUp(Job job) {
        if (!job.state().isTerminal()) {
            flow.enter(job);
            adopt(job);
        } else if (job.state() == JobState.FINISHED && !job.published()) {
            flow.postFor(job, publication::begin);
        }
    }

    /** Waits for its heartbeat like after a launch, unless it answers now. */
    private void adopt(Job job) {
        if (!job.state().hasCoordinator() || job.state() == JobState.STOPPING) {
            return;
        }
        flow.postFor(job, now -> {
            Optional<WorkloadStatus> status = launcher.find(now.workload());
            boolean alive = status.filter(WorkloadStatus::alive).isPresent();
            if (now.state() == JobState.RUNNING || (now.state() == JobState.STARTING && now.reported())) {
                if (alive && status.get().revision().equals(now.revision())) {
                    log.info("Job {}: its running coordinator is adopted", now.key());
                    watch.expectFirst(now);
                    flow.aside(() -> ask(now));
                } else {
                    watch.vanished(now, status);
                }
            }
        });
    }

    private void ask(Job job) {
        if (job.address().isEmpty()) {
            return;
        }
        try {
            CoordinatorStatus status = coordinators.status(job.address().get());
            if (status.getRun().equals(job.runRef())) {
                flow.postFor(job, watch::heard);
            }
        } catch (FaultException silent) {
            log.info("Job {}: its coordinator does not answer yet: {}", job.key(), silent.getMessage());
        }
    }

    private void seen(WorkloadStatus status) {
        JobKey key = CoordinatorWorkload.job(status);
        flow.post(key, () -> flow.find(key).ifPresentOrElse(job -> seen(job, status), () -> ending.endOrphan(key)));
    }

    private void seen(Job job, WorkloadStatus status) {
        boolean present = status.revision().equals(job.revision());
        switch (job.state()) {
            case STARTING, RUNNING -> {
                if (present && !status.alive()) {
                    watch.ended(job, status);
                }
            }
            case STOPPING -> {
                if (!status.alive()) {
                    ending.halt(job);
                }
            }
            case FINISHED, FAILED, STOPPED -> {
                if (status.alive()) {
                    ending.cleanUp(job);
                } else {
                    ending.cleanUpNow(job);
                }
            }
            case QUEUING, PENDING -> {
                if (!present) {
                    ending.endOrphan(job.key());
                }
            }
            case DELETING -> {}
        }
    }
}
