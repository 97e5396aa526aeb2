package io.nsfl.scheduler.watch;

import io.nsfl.scheduler.job.Job;
import io.nsfl.scheduler.job.JobFlow;
import io.nsfl.scheduler.job.Move;
import io.nsfl.workload.WorkloadEnd;
import io.nsfl.workload.WorkloadLauncher;
import io.nsfl.workload.WorkloadStatus;
import java.util.Optional;

/** Decides about a job whose coordinator is lost: launched again, or failed with a reason a person understands. */
public final class Restarts {
    /** Exit code of a coordinator whose configuration is wrong: trying again changes nothing. */
    private static final int CONFIGURATION = 2;

    private static final int LONGEST_TAIL = 2000;

    private final JobFlow flow;
    private final WorkloadLauncher launcher;
    private final WatchPolicy policy;

    public Restarts(JobFlow flow, WorkloadLauncher launcher, WatchPolicy policy) {
        this.flow = flow;
        this.launcher = launcher;
        this.policy = policy;
    }

    /** @param how half a sentence about the coordinator, "it …" */
    void lost(Job job, String how) {
        Optional<WorkloadStatus> status = launcher.find(job.workload());
        int restarts = job.restarts() + 1;
        if (isHopeless(status)) {
            flow.move(
                    job,
                    Move.FAIL,
                    "The coordinator cannot work with this job: " + how + "." + tail(status),
                    edit -> {});
        } else if (restarts > policy.mostRestarts()) {
            String reason =
                    "The coordinator was lost %d times without a committed round in between; the last time %s.%s"
                            .formatted(restarts, how, tail(status));
            flow.move(job, Move.FAIL, reason, edit -> {});
        } else {
            String reason = "The coordinator was lost, %s; it is started again (%d of at most %d times)."
                    .formatted(how, restarts, policy.mostRestarts());
            flow.move(job, Move.RELAUNCH, reason, edit -> edit.nextEpoch().restarts(restarts));
        }
    }

    private static boolean isHopeless(Optional<WorkloadStatus> status) {
        return status.flatMap(WorkloadStatus::end)
                .filter(end -> end instanceof WorkloadEnd.Exited exited && exited.code() == CONFIGURATION)
                .isPresent();
    }

    private static String tail(Optional<WorkloadStatus> status) {
        String log = status.map(WorkloadStatus::logTail).orElse("").strip();
        if (log.isEmpty()) {
            return " It wrote no log.";
        }
        return " Its log ends: "
                + (log.length() <= LONGEST_TAIL ? log : "…" + log.substring(log.length() - LONGEST_TAIL));
    }
}
