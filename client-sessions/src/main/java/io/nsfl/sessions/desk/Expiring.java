package io.nsfl.sessions.desk;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.sessions.SessionSettings;
import io.nsfl.sessions.lease.Lease;
import io.nsfl.sessions.lease.LeaseState;
import io.nsfl.sessions.lease.LedgerStore;
import io.nsfl.sessions.lease.Ledgers;
import io.nsfl.sessions.lease.RunLedger;
import io.nsfl.sessions.registry.Client;
import io.nsfl.sessions.registry.ClientProfile;
import io.nsfl.sessions.registry.ClientState;
import io.nsfl.sessions.registry.Registry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** What the passing of time ends. */
final class Expiring {
    private final SessionSettings settings;
    private final Registry registry;
    private final Ledgers ledgers;
    private final LedgerStore store;
    private final LeaseChanges changes;
    private final Effects effects;
    private final Sending sending;
    private final Consumer<String> forgetClient;

    /** @param forgetClient takes clients out of the store */
    Expiring(
            SessionSettings settings,
            Registry registry,
            Ledgers ledgers,
            LedgerStore store,
            LeaseChanges changes,
            Effects effects,
            Sending sending,
            Consumer<String> forgetClient) {
        this.settings = settings;
        this.registry = registry;
        this.ledgers = ledgers;
        this.store = store;
        this.changes = changes;
        this.effects = effects;
        this.sending = sending;
        this.forgetClient = forgetClient;
    }

    /** To be called about once a second. */
    void pass(long nowMs) {
        for (String clientId : ledgers.clientsWithOpen()) {
            Duration away =
                    registry.find(clientId).map(client -> client.away(nowMs)).orElse(Duration.ZERO);
            Duration allowed = registry.find(clientId).map(this::allowed).orElse(settings.singleSilence());
            ledgers.openOf(clientId).forEach(lease -> pass(lease, away, allowed, nowMs));
            effects.then(() -> sending.toClient(clientId, nowMs));
        }
    }

    private void pass(Lease lease, Duration away, Duration allowed, long nowMs) {
        if (lease.state().live() && away.compareTo(allowed) >= 0) {
            changes.lost(
                    lease,
                    LeaseChanges.fault(
                            Fault.CLIENT_UNKNOWN, "The client has not been connected for " + away.toSeconds() + " s."));
        }
        if (lease.state().live() && overdue(lease, nowMs)) {
            changes.expired(lease, nowMs);
        }
        if (lease.state() == LeaseState.ASSIGNED
                && lease.work().filter(work -> work.deadlineMs() <= nowMs).isPresent()) {
            lease.notHeld();
            changes.lost(
                    lease,
                    LeaseChanges.fault(Fault.UPDATE_TOO_LATE, "The client did not take the task before its deadline."));
        }
        if (lease.cancel().filter(cancel -> cancel.untilMs() <= nowMs).isPresent()) {
            lease.cancelDone();
            changes.soon(lease, nowMs);
        }
    }

    private boolean overdue(Lease lease, long nowMs) {
        long renewedMs = lease.reservation().ledger().renewedMs();
        return nowMs - renewedMs >= settings.leaseDuration().toMillis();
    }

    private Duration allowed(Client client) {
        return client.profile().platform().equals(ClientProfile.CLUSTER)
                ? settings.clusterSilence()
                : settings.singleSilence();
    }

    /** To be called now and then: forgets clients and runs that are long over. */
    void forget(long nowMs) {
        List<Client> gone = new ArrayList<>(registry.all());
        gone.removeIf(client -> client.state() == ClientState.CONNECTED
                || client.away(nowMs).compareTo(settings.forgetAfter()) < 0
                || !ledgers.openOf(client.id()).isEmpty());
        gone.forEach(client -> {
            registry.forget(client);
            forgetClient.accept(client.id());
        });
        List<RunLedger> over = new ArrayList<>(ledgers.all());
        over.removeIf(ledger -> ledger.open()
                || nowMs - ledger.renewedMs() < settings.forgetAfter().toMillis());
        over.forEach(ledger -> {
            store.delete(ledger);
            effects.forget(ledger);
            ledgers.forget(ledger);
        });
    }
}
