package io.nsfl.scheduler.job;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.util.Arrays;
import java.util.stream.Collectors;

/** What a user may ask for, and in which states. */
public enum JobOperation {
    /** Replaces the configuration of a job that has no coordinator. */
    UPDATE {
        @Override
        public boolean isAllowedIn(JobState state) {
            return switch (state) {
                case QUEUING, PENDING, FINISHED, FAILED, STOPPED -> true;
                case STARTING, RUNNING, STOPPING, DELETING -> false;
            };
        }
    },
    START {
        @Override
        public boolean isAllowedIn(JobState state) {
            return Move.START.isLegalFrom(state);
        }
    },
    STOP {
        @Override
        public boolean isAllowedIn(JobState state) {
            return Move.STOP.isLegalFrom(state);
        }
    },
    DELETE {
        @Override
        public boolean isAllowedIn(JobState state) {
            return Move.DELETE.isLegalFrom(state);
        }
    };

    public abstract boolean isAllowedIn(JobState state);

    /** @throws FaultException JOB_OPERATION_FORBIDDEN with namespace, id, state and operation */
    public void requireAllowed(Job job) {
        if (!isAllowedIn(job.state())) {
            String allowed = Arrays.stream(JobState.values())
                    .filter(this::isAllowedIn)
                    .map(JobState::name)
                    .collect(Collectors.joining(", "));
            throw new FaultException(
                    Fault.JOB_OPERATION_FORBIDDEN,
                    "Job %s is %s: %s is allowed in %s only.".formatted(job.key(), job.state(), this, allowed));
        }
    }
}
