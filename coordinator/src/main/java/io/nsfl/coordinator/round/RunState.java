package io.nsfl.coordinator.round;

/** States of a run as the job-scheduler knows them. */
public enum RunState {
    /** Loads the model or resumes. */
    STARTING(false),
    /** Plays rounds. */
    RUNNING(false),
    /** Was asked to stop and saves what it has. */
    STOPPING(false),
    /** Ended because it was asked to. */
    STOPPED(true),
    /** Ended after its last round. */
    FINISHED(true),
    /** Ended without what the job wanted; the reason says why. */
    FAILED(true);

    private final boolean terminal;

    RunState(boolean terminal) {
        this.terminal = terminal;
    }

    public boolean terminal() {
        return terminal;
    }
}
