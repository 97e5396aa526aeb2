package io.nsfl.sessions.stream;

import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.ServerEvent;

/** The way to one client, as long as its stream is open. Thread-safe; nothing is thrown when the stream has just ended. */
public interface ClientChannel {
    /** Sends in order. */
    void send(ServerEvent event);

    /** Whether the client takes more right now; what can be repeated waits until it does. */
    boolean ready();

    /** Ends the stream with this fault. */
    void close(FaultException reason);

    /** Ends the stream in order. */
    void complete();
}
