package io.nsfl.scheduler.job;

import static io.nsfl.scheduler.job.JobState.DELETING;
import static io.nsfl.scheduler.job.JobState.FAILED;
import static io.nsfl.scheduler.job.JobState.FINISHED;
import static io.nsfl.scheduler.job.JobState.PENDING;
import static io.nsfl.scheduler.job.JobState.QUEUING;
import static io.nsfl.scheduler.job.JobState.RUNNING;
import static io.nsfl.scheduler.job.JobState.STARTING;
import static io.nsfl.scheduler.job.JobState.STOPPED;
import static io.nsfl.scheduler.job.JobState.STOPPING;

import java.util.EnumSet;
import java.util.Set;

/** All transitions of a job: why it moves, from which states, to which one. There are no others. */
public enum Move {
    /** A user starts it again: a new run. */
    START(QUEUING, FINISHED, FAILED, STOPPED),
    /** The selector says that clients are missing. */
    WAIT(PENDING, QUEUING, PENDING),
    /** The selector says that there are enough clients. */
    ADMIT(STARTING, QUEUING, PENDING),
    /** Its coordinator reports that it plays rounds. */
    RUN(RUNNING, STARTING, RUNNING),
    /** Its coordinator was lost and is launched again with the next epoch. */
    RELAUNCH(STARTING, STARTING, RUNNING),
    /** Its coordinator reports that all rounds are played; a stop that came too late changes nothing about that. */
    FINISH(FINISHED, STARTING, RUNNING, STOPPING),
    /** It cannot go on. */
    FAIL(FAILED, QUEUING, PENDING, STARTING, RUNNING, STOPPING),
    /** A user stops it. */
    STOP(STOPPING, QUEUING, PENDING, STARTING, RUNNING, FAILED),
    /** Its coordinator has ended after a stop. */
    HALT(STOPPED, STARTING, RUNNING, STOPPING),
    /** A user deletes it. */
    DELETE(DELETING, QUEUING, PENDING, STARTING, RUNNING, FINISHED, FAILED, STOPPING, STOPPED);

    private final JobState to;
    private final Set<JobState> from;

    Move(JobState to, JobState first, JobState... others) {
        this.to = to;
        this.from = EnumSet.of(first, others);
    }

    public JobState to() {
        return to;
    }

    public boolean isLegalFrom(JobState state) {
        return from.contains(state);
    }

    /** Where the move leads. @throws IllegalStateException if it is not legal from this state: a defect of the caller */
    JobState from(JobState state) {
        if (!isLegalFrom(state)) {
            throw new IllegalStateException(
                    "Cannot move a job from %s by %s: that is legal from %s only".formatted(state, this, from));
        }
        return to;
    }
}
