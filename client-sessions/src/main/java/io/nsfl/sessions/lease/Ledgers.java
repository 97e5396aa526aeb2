package io.nsfl.sessions.lease;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.JobKey;
import io.nsfl.protocol.v1.RunRef;
import io.nsfl.sessions.registry.Amount;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** All runs' ledgers, which run is a job's current one, and which leases of a client are open. */
public final class Ledgers {
    private static final int LONGEST_NAME = 256;

    private final Map<String, RunLedger> byRun = new LinkedHashMap<>();
    private final Map<JobKey, RunLedger> current = new HashMap<>();
    private final Map<String, Set<Lease>> openByClient = new HashMap<>();

    /** What a call of a run meets. */
    public sealed interface Standing {
        /** The run is the job's current one. */
        record Current(RunLedger ledger) implements Standing {}

        /** Nothing is known of the run. */
        record Unknown() implements Standing {}

        /** The run or its epoch is over. */
        record Stale(FaultException fault) implements Standing {}
    }

    /** Takes in what was stored. */
    public void restore(RunLedger ledger, long nowMs) {
        ledger.renew(nowMs);
        byRun.put(ledger.run(), ledger);
        if (!ledger.retired()) {
            current.put(ledger.job(), ledger);
        }
        ledger.leases().forEach(this::index);
    }

    /** Where a call of this run and epoch stands. */
    public Standing standing(RunRef run) {
        requireNamed(run);
        RunLedger ledger = byRun.get(run.getRun());
        if (ledger == null) {
            return new Standing.Unknown();
        }
        if (!ledger.job().equals(jobOf(run))) {
            throw new FaultException(
                    Fault.REQUEST_INVALID,
                    "Run " + run.getRun() + " belongs to job " + ledger.job() + ", not to " + jobOf(run) + ".");
        }
        if (ledger.retired()) {
            return new Standing.Stale(new FaultException(
                    Fault.STALE_RUN,
                    "Run " + run.getRun() + " of job " + ledger.job() + " was followed by another run."));
        }
        if (run.getEpoch() < ledger.epoch()) {
            return new Standing.Stale(new FaultException(
                    Fault.STALE_RUN,
                    "Run " + run.getRun() + " of job " + ledger.job() + " is at epoch " + ledger.epoch() + "; epoch "
                            + run.getEpoch() + " is over."));
        }
        return new Standing.Current(ledger);
    }

    /** Begins a run nothing was known of; the job's earlier run, if any, is retired and returned. */
    public Optional<RunLedger> begin(RunRef run, long nowMs) {
        RunLedger ledger = new RunLedger(jobOf(run), run.getRun(), run.getEpoch());
        ledger.renew(nowMs);
        byRun.put(ledger.run(), ledger);
        Optional<RunLedger> earlier = Optional.ofNullable(current.put(ledger.job(), ledger));
        earlier.ifPresent(RunLedger::retire);
        return earlier;
    }

    public Optional<RunLedger> run(String run) {
        return Optional.ofNullable(byRun.get(run));
    }

    public Collection<RunLedger> all() {
        return Collections.unmodifiableCollection(byRun.values());
    }

    public void forget(RunLedger ledger) {
        byRun.remove(ledger.run());
        current.remove(ledger.job(), ledger);
        ledger.leases().forEach(lease -> {
            Set<Lease> open = openByClient.get(lease.clientId());
            if (open != null) {
                open.remove(lease);
            }
        });
    }

    /** To be called after each change of a lease: keeps the clients' open leases right. */
    public void index(Lease lease) {
        if (lease.open()) {
            openByClient
                    .computeIfAbsent(lease.clientId(), client -> new LinkedHashSet<>())
                    .add(lease);
        } else {
            openByClient.computeIfPresent(lease.clientId(), (client, open) -> {
                open.remove(lease);
                return open.isEmpty() ? null : open;
            });
        }
    }

    /** A copy: the caller may change the leases while it walks over them. */
    public List<Lease> openOf(String clientId) {
        return List.copyOf(openByClient.getOrDefault(clientId, Set.of()));
    }

    /** Clients with open leases; a copy. */
    public List<String> clientsWithOpen() {
        return List.copyOf(openByClient.keySet());
    }

    /** How many places of a client are taken, leaving out those of one run ({@code ""} = none left out). */
    public int tasks(String clientId, String exceptRun) {
        return Math.toIntExact(taking(clientId, exceptRun).count());
    }

    /** How much of a client's resources is taken, leaving out one run. */
    public Amount taken(String clientId, String exceptRun) {
        return taking(clientId, exceptRun)
                .map(lease -> lease.reservation().perClient())
                .reduce(Amount.NOTHING, Amount::plus);
    }

    private Stream<Lease> taking(String clientId, String exceptRun) {
        return openByClient.getOrDefault(clientId, Set.of()).stream()
                .filter(lease -> lease.state().live())
                .filter(lease -> !lease.reservation().ledger().run().equals(exceptRun));
    }

    private static JobKey jobOf(RunRef run) {
        return new JobKey(run.getNamespace(), run.getJob());
    }

    private static void requireNamed(RunRef run) {
        for (String part : List.of(run.getNamespace(), run.getJob(), run.getRun())) {
            if (part.isBlank() || part.length() > LONGEST_NAME) {
                throw new FaultException(
                        Fault.REQUEST_INVALID,
                        "A run is named by namespace, job and run, each of 1 to " + LONGEST_NAME + " characters.");
            }
        }
    }
}
