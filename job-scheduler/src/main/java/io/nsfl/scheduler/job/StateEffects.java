package io.nsfl.scheduler.job;

/** What is to be done about a job that is in a state; the port between the flow of jobs and the steps. */
@FunctionalInterface
public interface StateEffects {
    /**
     * Does it, or starts it. Called in the job's mailbox after the state is stored, and again for every job at the start of the service:
     * a repeat is harmless.
     */
    void enter(Job job);
}
