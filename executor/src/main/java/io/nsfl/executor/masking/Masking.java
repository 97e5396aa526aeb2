package io.nsfl.executor.masking;

import io.nsfl.protocol.v1.RunTaskRequest;
import io.nsfl.protocol.v1.TaskEndedRequest;
import io.nsfl.protocol.v1.TaskRef;
import java.util.function.Consumer;

/** Masks what tasks have trained, together with other clients. Safe for all threads; nothing blocks its caller. */
public interface Masking extends AutoCloseable {
    /** Where trained results wait. */
    PrivateUpdates updates();

    /**
     * The task's result is among {@link #updates}.
     *
     * @param masked takes each session's masked vector, ready to be delivered
     * @param unwanted told when the coordinator wants the task no more
     */
    void begin(RunTaskRequest request, Consumer<TaskEndedRequest> masked, Runnable unwanted);

    /** The task is over: its keys and its result are forgotten. @return whether it was being masked */
    boolean end(TaskRef task);

    /** Forgets all keys; results stay for the next process. */
    @Override
    void close();
}
