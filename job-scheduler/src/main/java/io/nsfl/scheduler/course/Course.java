package io.nsfl.scheduler.course;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultCategory;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.scheduler.ending.Deletion;
import io.nsfl.scheduler.ending.Ending;
import io.nsfl.scheduler.job.Job;
import io.nsfl.scheduler.job.JobFlow;
import io.nsfl.scheduler.job.JobState;
import io.nsfl.scheduler.job.Move;
import io.nsfl.scheduler.job.StateEffects;
import io.nsfl.scheduler.launch.Launch;
import io.nsfl.scheduler.models.Publication;
import io.nsfl.scheduler.queue.Admission;
import io.nsfl.scheduler.route.JobRoutes;
import io.nsfl.scheduler.watch.Watch;
import io.nsfl.workload.WorkloadStatus;
import java.time.Duration;
import java.util.Optional;

/** The table from states to steps. */
public final class Course implements StateEffects {
    private static final Duration AGAIN = Duration.ofSeconds(5);

    private final JobFlow flow;
    private final Admission admission;
    private final Launch launch;
    private final JobRoutes routes;
    private final Watch watch;
    private final Ending ending;
    private final Deletion deletion;
    private final Publication publication;

    public Course(
            JobFlow flow,
            Admission admission,
            Launch launch,
            JobRoutes routes,
            Watch watch,
            Ending ending,
            Deletion deletion,
            Publication publication) {
        this.flow = flow;
        this.admission = admission;
        this.launch = launch;
        this.routes = routes;
        this.watch = watch;
        this.ending = ending;
        this.deletion = deletion;
        this.publication = publication;
    }

    @Override
    public void enter(Job job) {
        switch (job.state()) {
            case QUEUING -> admission.consider(job);
            case PENDING -> admission.wait(job);
            case STARTING -> start(job);
            case RUNNING -> watch.heard(job);
            case STOPPING -> {
                admission.forget(job);
                watch.forget(job);
                ending.stop(job);
            }
            case FINISHED -> {
                watch.forget(job);
                ending.cleanUp(job);
                publication.begin(job);
            }
            case FAILED, STOPPED -> {
                watch.forget(job);
                ending.cleanUp(job);
            }
            case DELETING -> {
                admission.forget(job);
                watch.forget(job);
                // Not at once: who asked for it is answered first.
                flow.postFor(job, deletion::begin);
            }
        }
    }

    private void start(Job job) {
        watch.forget(job);
        Duration pause = watch.pauseBefore(job);
        if (pause.isZero()) {
            flow.postFor(job, this::launch);
        } else {
            flow.laterFor(job, pause, this::launch);
        }
    }

    private void launch(Job job) {
        if (job.state() != JobState.STARTING || job.reported()) {
            return;
        }
        try {
            // It may have been launched, and may have ended, before this service was started.
            Optional<WorkloadStatus> ended = launch.ended(job);
            if (ended.isPresent()) {
                watch.ended(job, ended.get());
                return;
            }
            launch.begin(job);
            routes.open(job);
            watch.expectFirst(job);
        } catch (FaultException refused) {
            if (refused.fault() == Fault.UNAVAILABLE) {
                // The platform below is away: no fault of the job's, and nothing of it runs yet.
                flow.laterFor(job, AGAIN, this::launch);
            } else if (refused.fault().category() == FaultCategory.USER) {
                flow.move(job, Move.FAIL, refused.getMessage(), edit -> {});
            } else {
                watch.notLaunched(job, refused.getMessage());
            }
        }
    }
}
