package io.nsfl.sandbox;

/** Starts scripts: a port, because runtimes have faster ways than a process from scratch. */
public interface ScriptStarter {
    /** Starts the script in a session of its own; does not wait for it. Whatever goes wrong is the script's end. */
    RunningScript start(ScriptOrder order);
}
