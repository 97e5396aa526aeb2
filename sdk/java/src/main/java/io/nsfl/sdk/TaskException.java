package io.nsfl.sdk;

/** The script asked for something that its task does not have; the message says what, and what to do. */
public final class TaskException extends RuntimeException {
    public TaskException(String message) {
        super(message);
    }

    public TaskException(String message, Throwable cause) {
        super(message, cause);
    }
}
