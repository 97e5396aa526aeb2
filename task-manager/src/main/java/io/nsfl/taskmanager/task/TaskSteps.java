package io.nsfl.taskmanager.task;

/**
 * What the desk has done for a task. No step blocks or throws; what comes of it is told to the {@link TaskDesk}. Each can be repeated:
 * after a restart the desk asks again for what the stored state calls for.
 */
public interface TaskSteps {
    /** Get description and files and build the workspace; then {@link TaskDesk#fetched}, {@link TaskDesk#failed} or {@link TaskDesk#drop}. */
    void fetch(TaskRecord task);

    /** Have its executor run it; then {@link TaskDesk#taken} and {@link TaskDesk#ended} or {@link TaskDesk#failed}. */
    void run(TaskRecord task);

    /** After a restart: find out what became of a running task. */
    void recover(TaskRecord task);

    /** It has trained and its executor masks the result; then {@link TaskDesk#ended} with each masked vector. */
    void mask(TaskRecord task);

    /** Bring the result, or the failure, to the coordinator; then {@link TaskDesk#receipt} or {@link TaskDesk#drop}. */
    void deliver(TaskRecord task);

    /** Listen for directives and tell the coordinator the present stage. */
    void follow(TaskRecord task);

    /** It is over: stop whatever is done for it and put its workspace away. */
    void end(TaskRecord task);
}
