package io.nsfl.scheduler.job;

import java.util.Optional;

/** Where a job is. Names are what users see and what is stored. */
public enum JobState {
    /** Accepted; the selector has not been asked yet whether there are clients for it. */
    QUEUING,
    /** There are not enough clients for it now; the reason says what is missing. */
    PENDING,
    /** Its coordinator is being launched, or launched again, and has not reported a running round yet. */
    STARTING,
    /** Its coordinator plays rounds. */
    RUNNING,
    /** All rounds were played. */
    FINISHED,
    /** It ended without its model being finished; the reason says why. */
    FAILED,
    /** Its coordinator was asked to end, or is being ended. */
    STOPPING,
    /** A user ended it. */
    STOPPED,
    /** Its results and its document are being removed. */
    DELETING;

    /** By name; {@code QUEUED}, as some documents say, is {@code QUEUING}. */
    public static Optional<JobState> of(String name) {
        if ("QUEUED".equals(name)) {
            return Optional.of(QUEUING);
        }
        for (JobState state : values()) {
            if (state.name().equals(name)) {
                return Optional.of(state);
            }
        }
        return Optional.empty();
    }

    /** Whether a coordinator belongs to a job in this state. */
    public boolean hasCoordinator() {
        return switch (this) {
            case STARTING, RUNNING, STOPPING -> true;
            case QUEUING, PENDING, FINISHED, FAILED, STOPPED, DELETING -> false;
        };
    }

    /** Whether nothing more happens by itself. */
    public boolean isTerminal() {
        return switch (this) {
            case FINISHED, FAILED, STOPPED -> true;
            case QUEUING, PENDING, STARTING, RUNNING, STOPPING, DELETING -> false;
        };
    }
}
