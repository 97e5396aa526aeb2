package io.nsfl.sessions.lease;

import io.nsfl.protocol.ids.JobKey;
import io.nsfl.sessions.registry.Amount;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** All that is known of one run of a job: its epoch, its reservations and who has trained for it. One document in the store. */
public final class RunLedger {
    private final JobKey job;
    private final String run;
    private final Map<ReservationKey, Reservation> reservations = new LinkedHashMap<>();
    private final Set<String> trained = new HashSet<>();
    private long epoch;
    private boolean retired;
    private long renewedMs;

    public RunLedger(JobKey job, String run, long epoch) {
        this.job = job;
        this.run = run;
        this.epoch = epoch;
    }

    public JobKey job() {
        return job;
    }

    public String run() {
        return run;
    }

    public long epoch() {
        return epoch;
    }

    public void takeOver(long higherEpoch) {
        epoch = higherEpoch;
    }

    /** Whether another run of the job has begun. */
    public boolean retired() {
        return retired;
    }

    public void retire() {
        retired = true;
    }

    /** When its coordinator was last heard; not stored: after a restart every run gets its full time. */
    public long renewedMs() {
        return renewedMs;
    }

    public void renew(long nowMs) {
        renewedMs = nowMs;
    }

    /** Clients that were leased for training in this run. */
    public Set<String> trained() {
        return trained;
    }

    public Optional<Reservation> reservation(ReservationKey key) {
        return Optional.ofNullable(reservations.get(key));
    }

    public Collection<Reservation> reservations() {
        return Collections.unmodifiableCollection(reservations.values());
    }

    public List<Lease> leases() {
        List<Lease> all = new ArrayList<>();
        reservations.values().forEach(reservation -> all.addAll(reservation.leases()));
        return all;
    }

    /** A new reservation, in the place of an older one of this key. What the run is through with is forgotten. */
    public Reservation reserve(ReservationKey key, Amount perClient) {
        reservations
                .values()
                .removeIf(old -> !old.open() && (old.closed() || old.key().round() < key.round() - 1));
        Reservation reservation = new Reservation(this, key, perClient);
        reservations.put(key, reservation);
        return reservation;
    }

    public boolean open() {
        return reservations.values().stream().anyMatch(Reservation::open);
    }
}
