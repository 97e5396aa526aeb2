package io.nsfl.sessions.desk;

import io.nsfl.protocol.v1.ServerEvent;
import io.nsfl.sessions.lease.Lease;
import io.nsfl.sessions.lease.Ledgers;
import io.nsfl.sessions.registry.Client;
import io.nsfl.sessions.registry.Registry;
import io.nsfl.sessions.stream.ClientChannel;
import java.util.List;

/**
 * The outbox: what clients have to be told, until they have answered. To each client its cancels go first, so that what they free is
 * free for the next assignment.
 */
final class Sending {
    private final Registry registry;
    private final Ledgers ledgers;
    private final LeaseChanges changes;

    Sending(Registry registry, Ledgers ledgers, LeaseChanges changes) {
        this.registry = registry;
        this.ledgers = ledgers;
        this.changes = changes;
    }

    /** Sends what is due to this client, if it is there and takes it. */
    void toClient(String clientId, long nowMs) {
        registry.find(clientId)
                .flatMap(Client::channel)
                .filter(ClientChannel::ready)
                .ifPresent(channel -> {
                    List<Lease> open = ledgers.openOf(clientId);
                    open.forEach(lease -> cancel(lease, channel, nowMs));
                    open.forEach(lease -> assign(lease, channel, nowMs));
                });
    }

    private void cancel(Lease lease, ClientChannel channel, long nowMs) {
        lease.cancelDue(nowMs).ifPresent(cancel -> {
            if (lease.cancelSent(nowMs)) {
                lease.cancelDone();
                changes.soon(lease, nowMs);
                return;
            }
            channel.send(ServerEvent.newBuilder().setCancel(cancel).build());
        });
    }

    private static void assign(Lease lease, ClientChannel channel, long nowMs) {
        lease.assignmentDue(nowMs).ifPresent(assignment -> {
            channel.send(ServerEvent.newBuilder().setAssignment(assignment).build());
            lease.assignmentSent(nowMs);
        });
    }
}
