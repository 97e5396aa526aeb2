package io.nsfl.sessions.desk;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.v1.FaultDetail;
import io.nsfl.protocol.v1.LeaseEvent;
import io.nsfl.sessions.lease.Lease;
import io.nsfl.sessions.lease.LeaseState;
import io.nsfl.sessions.lease.Ledgers;
import io.nsfl.sessions.registry.Client;
import io.nsfl.sessions.registry.Registry;
import java.time.Duration;
import java.util.function.Consumer;

/** Moves leases on, with everything that hangs on it: the index, the counters, the write, the event. */
final class LeaseChanges {
    /** How long after its deadline a client may need to drop a task by itself. */
    private static final Duration CANCEL_MARGIN = Duration.ofMinutes(10);

    private final Registry registry;
    private final Ledgers ledgers;
    private final Effects effects;
    private final Watchers watchers;

    LeaseChanges(Registry registry, Ledgers ledgers, Effects effects, Watchers watchers) {
        this.registry = registry;
        this.ledgers = ledgers;
        this.effects = effects;
        this.watchers = watchers;
    }

    /** The client has it in its own store; if nobody needs it any more, it is told (again) to stop. */
    void accepted(Lease lease, long nowMs) {
        if (lease.ended() && lease.cancel().isEmpty()) {
            lease.heldAfterAll();
            cancel(lease, "The work was released before.", nowMs);
            return;
        }
        if (!lease.toSend() && lease.state() != LeaseState.ASSIGNED) {
            return;
        }
        lease.answered();
        if (lease.become(LeaseState.ACCEPTED)) {
            tell(lease, LeaseEvent.Change.ACCEPTED);
        }
        soon(lease, nowMs);
    }

    /** The client does not take it. */
    void refused(Lease lease, FaultDetail why, long nowMs) {
        lease.notHeld();
        if (lease.become(LeaseState.REFUSED, why)) {
            tell(lease, LeaseEvent.Change.REFUSED);
            now(lease);
        } else {
            soon(lease, nowMs);
        }
    }

    /** The coordinator has the result. */
    void delivered(Lease lease, long nowMs) {
        boolean known = lease.state() == LeaseState.ACCEPTED;
        lease.cancelDone();
        if (lease.become(LeaseState.DELIVERED)) {
            count(lease, Client::countDelivered);
            if (!known) {
                tell(lease, LeaseEvent.Change.ACCEPTED);
            }
        }
        soon(lease, nowMs);
    }

    /** The client gave it up. */
    void dropped(Lease lease, FaultDetail why, long nowMs) {
        boolean changed = lease.open();
        lease.notHeld();
        if (!lost(lease, why) && changed) {
            soon(lease, nowMs);
        }
    }

    /** The lease is gone; whether the client holds the work is not known. Says whether it was there. */
    boolean lost(Lease lease, FaultDetail why) {
        if (!lease.become(LeaseState.LOST, why)) {
            return false;
        }
        count(lease, Client::countLost);
        tell(lease, LeaseEvent.Change.LOST);
        now(lease);
        return true;
    }

    /** The run did not renew: the lease is gone and the client is told to stop. */
    void expired(Lease lease, long nowMs) {
        String sentence = "The coordinator did not renew its leases in time.";
        lost(lease, fault(Fault.LEASE_UNKNOWN, sentence));
        cancel(lease, sentence, nowMs);
    }

    /** The coordinator needs it no longer. */
    void released(Lease lease, boolean resultHeld, String reason, long nowMs) {
        lease.answered();
        if (resultHeld) {
            delivered(lease, nowMs);
            return;
        }
        lease.become(LeaseState.RELEASED);
        cancel(lease, reason, nowMs);
    }

    /** A later cancel of the same lease changes nothing. */
    private void cancel(Lease lease, String reason, long nowMs) {
        long deadlineMs = lease.work().map(Lease.Work::deadlineMs).orElse(nowMs);
        lease.cancel(new Lease.PendingCancel(reason, Math.max(nowMs, deadlineMs) + CANCEL_MARGIN.toMillis()));
        now(lease);
    }

    /** Written before anything that follows. */
    void now(Lease lease) {
        ledgers.index(lease);
        effects.mustWrite(lease.reservation().ledger());
    }

    /** Written some time soon. */
    void soon(Lease lease, long nowMs) {
        ledgers.index(lease);
        effects.mayWrite(lease.reservation().ledger(), nowMs);
    }

    void tell(Lease lease, LeaseEvent.Change change) {
        effects.then(() -> watchers.event(lease, change));
    }

    private void count(Lease lease, Consumer<Client> counter) {
        registry.find(lease.clientId()).ifPresent(client -> {
            counter.accept(client);
            registry.changed(client);
        });
    }

    static FaultDetail fault(Fault fault, String message) {
        return FaultDetail.newBuilder()
                .setCode(fault.name())
                .setMessage(message)
                .build();
    }
}
