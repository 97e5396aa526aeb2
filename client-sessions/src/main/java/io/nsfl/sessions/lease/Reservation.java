package io.nsfl.sessions.lease;

import io.nsfl.protocol.v1.TaskRef;
import io.nsfl.sessions.registry.Amount;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The clients leased by one {@code Reserve}, in the order in which they were chosen. */
public final class Reservation {
    private static final long OPEN = -1;

    private final RunLedger ledger;
    private final ReservationKey key;
    private final Amount perClient;
    private final Map<String, Lease> leases = new LinkedHashMap<>();
    private long closedAtEpoch = OPEN;

    Reservation(RunLedger ledger, ReservationKey key, Amount perClient) {
        this.ledger = ledger;
        this.key = key;
        this.perClient = perClient;
    }

    public RunLedger ledger() {
        return ledger;
    }

    public ReservationKey key() {
        return key;
    }

    /** What each lease takes of its client's resources. */
    public Amount perClient() {
        return perClient;
    }

    public Collection<Lease> leases() {
        return Collections.unmodifiableCollection(leases.values());
    }

    public Optional<Lease> lease(String clientId) {
        return Optional.ofNullable(leases.get(clientId));
    }

    /** Whether the coordinator released all that was left of it. */
    public boolean closed() {
        return closedAtEpoch != OPEN;
    }

    /** Whether an earlier coordinator of the run released it: then the next one gets a new choice for the same key. */
    public boolean closedBefore(long epoch) {
        return closed() && closedAtEpoch < epoch;
    }

    public void close(long epoch) {
        closedAtEpoch = epoch;
    }

    long closedAtEpoch() {
        return closedAtEpoch;
    }

    /** Whether anything is left to happen to one of its leases. */
    public boolean open() {
        return leases.values().stream().anyMatch(Lease::open);
    }

    public Lease add(String clientId, String clientName, String address, long samples) {
        Lease lease = new Lease(this, clientId, clientName, address, samples);
        leases.put(clientId, lease);
        return lease;
    }

    TaskRef task(String clientId) {
        return TaskRef.newBuilder()
                .setNamespace(ledger.job().namespace())
                .setJob(ledger.job().id())
                .setRun(ledger.run())
                .setRound(key.round())
                .setAttempt(key.attempt())
                .setClientId(clientId)
                .setKind(key.kind())
                .build();
    }
}
