package io.nsfl.sandbox;

/** How a process ended. */
public sealed interface ProcessEnd {
    /** By itself. */
    record Exited(int code) implements ProcessEnd {}

    /** By a signal. */
    record Signalled(int signal) implements ProcessEnd {}

    /** It could not be started. */
    record NotStarted(String reason) implements ProcessEnd {}

    /** From an exit value as shells and {@link Process#exitValue} give it: 128 and more is a signal. */
    static ProcessEnd ofExitValue(int value) {
        return value > 128 && value < 128 + 65 ? new Signalled(value - 128) : new Exited(value);
    }
}
