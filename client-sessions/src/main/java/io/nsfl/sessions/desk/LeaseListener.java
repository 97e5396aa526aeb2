package io.nsfl.sessions.desk;

import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.LeaseEvent;

/** Takes a watch's events on the sessions' own thread, in order; must not block. */
public interface LeaseListener {
    void event(LeaseEvent event);

    /** The watch is over: a later epoch or run took over (STALE_RUN), or the sessions close (UNAVAILABLE). */
    void ended(FaultException reason);
}
