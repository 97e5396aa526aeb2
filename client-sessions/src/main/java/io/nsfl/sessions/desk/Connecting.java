package io.nsfl.sessions.desk;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.IdSource;
import io.nsfl.protocol.v1.LeaseEvent;
import io.nsfl.protocol.v1.Registered;
import io.nsfl.protocol.v1.Report;
import io.nsfl.protocol.v1.ServerEvent;
import io.nsfl.protocol.v1.TaskRef;
import io.nsfl.protocol.v1.TaskStatus;
import io.nsfl.sessions.SessionSettings;
import io.nsfl.sessions.lease.Lease;
import io.nsfl.sessions.lease.LeaseState;
import io.nsfl.sessions.lease.Ledgers;
import io.nsfl.sessions.lease.ReservationKey;
import io.nsfl.sessions.registry.Client;
import io.nsfl.sessions.registry.ClientProfile;
import io.nsfl.sessions.registry.ClientState;
import io.nsfl.sessions.registry.Registry;
import io.nsfl.sessions.stream.ClientChannel;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What clients say on their streams. What an older stream still says after a newer one took over is passed over. */
final class Connecting {
    private static final Logger LOG = LoggerFactory.getLogger(Connecting.class);

    private final SessionSettings settings;
    private final Registry registry;
    private final Ledgers ledgers;
    private final LeaseChanges changes;
    private final Effects effects;
    private final Sending sending;
    private final IdSource ids;

    Connecting(
            SessionSettings settings,
            Registry registry,
            Ledgers ledgers,
            LeaseChanges changes,
            Effects effects,
            Sending sending,
            IdSource ids) {
        this.settings = settings;
        this.registry = registry;
        this.ledgers = ledgers;
        this.changes = changes;
        this.effects = effects;
        this.sending = sending;
        this.ids = ids;
    }

    /** A client that has proved who it is. An older stream of it is closed. */
    void register(ClientChannel channel, ClientProfile profile, String sessionId, List<TaskStatus> tasks, long nowMs) {
        Optional<Client> before = registry.find(profile.id());
        before.flatMap(Client::channel)
                .ifPresent(older -> older.close(new FaultException(
                        Fault.STALE,
                        "Client " + profile.id() + " has registered on a newer stream; this one is closed.")));
        boolean wasAway =
                before.map(client -> client.state() != ClientState.CONNECTED).orElse(false);
        boolean continues =
                before.map(client -> client.sessionId().equals(sessionId)).orElse(false);
        Client client = registry.connect(profile, continues ? sessionId : ids.next(), channel, nowMs);
        LOG.info("Client {} at {} is connected", profile.label(), profile.address());
        channel.send(registered(client));
        catchUp(client, tasks, wasAway, nowMs);
        effects.then(() -> sending.toClient(client.id(), nowMs));
    }

    private ServerEvent registered(Client client) {
        return ServerEvent.newBuilder()
                .setRegistered(Registered.newBuilder()
                        .setClientId(client.id())
                        .setSessionId(client.sessionId())
                        .setAddress(client.profile().address())
                        .setReportPeriodS(
                                Math.toIntExact(settings.reportPeriod().toSeconds())))
                .build();
    }

    /** Brings the leases in line with what the client holds. */
    private void catchUp(Client client, List<TaskStatus> tasks, boolean wasAway, long nowMs) {
        Set<Lease> held = new HashSet<>();
        for (TaskStatus status : tasks) {
            lease(client, status.getTask()).ifPresent(held::add);
            status(client, status, nowMs);
        }
        for (Lease lease : ledgers.openOf(client.id())) {
            lease.streamOpened();
            if (wasAway && lease.state().live()) {
                changes.tell(lease, LeaseEvent.Change.RECONNECTED);
            }
            if (!held.contains(lease)) {
                notHeld(lease, nowMs);
            }
        }
    }

    private void notHeld(Lease lease, long nowMs) {
        if (lease.cancel().isPresent()) {
            lease.cancelDone();
            changes.soon(lease, nowMs);
        } else if (lease.state() == LeaseState.ACCEPTED) {
            lease.sendAgain();
            changes.soon(lease, nowMs);
        }
    }

    void report(ClientChannel channel, String clientId, Report report, long nowMs) {
        on(channel, clientId).ifPresent(client -> {
            client.seen(nowMs);
            if (client.reported(report)) {
                registry.changed(client);
            }
        });
    }

    void beat(ClientChannel channel, String clientId, long nowMs) {
        on(channel, clientId).ifPresent(client -> client.seen(nowMs));
    }

    void taskStatus(ClientChannel channel, String clientId, TaskStatus status, long nowMs) {
        on(channel, clientId).ifPresent(client -> {
            client.seen(nowMs);
            status(client, status, nowMs);
        });
    }

    private void status(Client client, TaskStatus status, long nowMs) {
        lease(client, status.getTask()).filter(lease -> current(lease, status)).ifPresent(lease -> {
            switch (status.getPhase()) {
                case TASK_PHASE_ACCEPTED, TASK_PHASE_RUNNING -> changes.accepted(lease, nowMs);
                case TASK_PHASE_REFUSED -> changes.refused(lease, status.getReason(), nowMs);
                case TASK_PHASE_DELIVERED -> changes.delivered(lease, nowMs);
                case TASK_PHASE_DROPPED -> changes.dropped(lease, status.getReason(), nowMs);
                case TASK_PHASE_UNSPECIFIED, UNRECOGNIZED ->
                    LOG.debug("Client {} reports a phase this version does not know", client.id());
            }
        });
    }

    /**
     * Work that is held for a coordinator that has died since is still to be handed to its successor; whoever refuses or gives up work does so
     * for whichever coordinator.
     */
    private static boolean current(Lease lease, TaskStatus status) {
        return switch (status.getPhase()) {
            case TASK_PHASE_ACCEPTED, TASK_PHASE_RUNNING, TASK_PHASE_DELIVERED ->
                lease.work().map(Lease.Work::assignment).stream()
                        .allMatch(newest -> (!status.hasCoordinatorAddress()
                                        || status.getCoordinatorAddress().equals(newest.getCoordinatorAddress()))
                                && (!status.hasEpoch() || status.getEpoch() == newest.getEpoch()));
            case TASK_PHASE_REFUSED, TASK_PHASE_DROPPED, TASK_PHASE_UNSPECIFIED, UNRECOGNIZED -> true;
        };
    }

    /** The client goes for good: its leases are lost at once. */
    void quit(ClientChannel channel, String clientId, String reason, long nowMs) {
        on(channel, clientId).ifPresent(client -> {
            LOG.info("Client {} quits: {}", client.profile().label(), reason);
            registry.disconnect(client, ClientState.QUIT, nowMs);
            String sentence = "The client quit" + (reason.isEmpty() ? "." : ": " + reason);
            ledgers.openOf(clientId)
                    .forEach(lease -> changes.lost(lease, LeaseChanges.fault(Fault.CLIENT_UNKNOWN, sentence)));
            channel.complete();
        });
    }

    /** The stream broke; leases hold for a while. */
    void broken(ClientChannel channel, String clientId, long nowMs) {
        on(channel, clientId).ifPresent(client -> {
            LOG.info("The stream of client {} is gone", client.profile().label());
            registry.disconnect(client, ClientState.SILENT, nowMs);
            ledgers.openOf(clientId).stream()
                    .filter(lease -> lease.state().live())
                    .forEach(lease -> changes.tell(lease, LeaseEvent.Change.DISCONNECTED));
        });
    }

    private Optional<Client> on(ClientChannel channel, String clientId) {
        return registry.find(clientId)
                .filter(client ->
                        client.channel().filter(current -> current == channel).isPresent());
    }

    private Optional<Lease> lease(Client client, TaskRef task) {
        if (!task.getClientId().equals(client.id())) {
            return Optional.empty();
        }
        return ledgers.run(task.getRun())
                .flatMap(ledger ->
                        ledger.reservation(new ReservationKey(task.getRound(), task.getAttempt(), task.getKind())))
                .flatMap(reservation -> reservation.lease(client.id()));
    }
}
