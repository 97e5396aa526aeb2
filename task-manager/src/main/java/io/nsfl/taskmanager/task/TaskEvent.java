package io.nsfl.taskmanager.task;

/** What can happen to a task. */
public enum TaskEvent {
    /** Its start slot has come: its files are asked for. */
    BEGIN,
    /** Its workspace is complete. */
    FETCHED,
    /** Its executor has taken it. */
    TAKEN,
    /** A signal from outside killed its executor, for the first time. */
    START_AGAIN,
    /** Its script ended well and the result lies in the workspace. */
    ENDED,
    /** Its script ended well and the result stays in the executor until it is masked. */
    TRAINED,
    /** The result is masked for a session, or for another one than before, and lies in the workspace. */
    MASKED,
    /** It cannot be done; the reason is to be reported. */
    FAIL,
    /** The coordinator has verified the result and holds it. */
    HELD,
    /** The coordinator lost the result and wants it again. */
    DELIVER_AGAIN,
    /** The coordinator knows about the failure, or refused the result. */
    REPORTED,
    /** Another coordinator has the round now and was not told of the failure. */
    REPORT_AGAIN,
    /** The round was decided, with or without it. */
    SETTLED,
    /** Nobody needs it any more: cancelled, stale, past its deadline. */
    DROP
}
