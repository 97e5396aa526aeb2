package io.nsfl.sessions.desk;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.CheckResourcesRequest;
import io.nsfl.protocol.v1.CheckResourcesResponse;
import io.nsfl.protocol.v1.ClientVerdict;
import io.nsfl.protocol.v1.ExplainSelectionRequest;
import io.nsfl.protocol.v1.ExplainSelectionResponse;
import io.nsfl.protocol.v1.ReserveRequest;
import io.nsfl.protocol.v1.ReserveResponse;
import io.nsfl.protocol.v1.TaskKind;
import io.nsfl.sessions.SessionSettings;
import io.nsfl.sessions.lease.Lease;
import io.nsfl.sessions.lease.Ledgers;
import io.nsfl.sessions.lease.Reservation;
import io.nsfl.sessions.lease.ReservationKey;
import io.nsfl.sessions.lease.RunLedger;
import io.nsfl.sessions.matching.Candidate;
import io.nsfl.sessions.matching.Explanation;
import io.nsfl.sessions.matching.Matching;
import io.nsfl.sessions.matching.Needs;
import io.nsfl.sessions.ranking.Choice;
import io.nsfl.sessions.registry.Client;
import io.nsfl.sessions.registry.Registry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Which clients fit, which of them are leased, and why the others are not. */
final class Selecting {
    private static final Duration ASK_AGAIN = Duration.ofMillis(500);

    private final SessionSettings settings;
    private final Registry registry;
    private final Ledgers ledgers;
    private final Runs runs;
    private final LeaseChanges changes;

    Selecting(SessionSettings settings, Registry registry, Ledgers ledgers, Runs runs, LeaseChanges changes) {
        this.settings = settings;
        this.registry = registry;
        this.ledgers = ledgers;
        this.runs = runs;
        this.changes = changes;
    }

    /** The known clients, sorted into those that fit and those that do not. */
    private record Field(List<Client> fitting, List<Explanation.Excluded> excluded, List<Client> awaited) {
        String explain(int wanted) {
            return Explanation.of(wanted, fitting.size(), fitting.size() + excluded.size(), excluded);
        }
    }

    /**
     * @param without clients that the others of the run do not work with
     * @param exceptRun a run whose own leases do not make a client busy; "" = none
     */
    private Field field(Needs needs, Set<String> without, String exceptRun, long nowMs) {
        Matching matching = new Matching(needs, settings.direct());
        Field field = new Field(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (Client client : registry.all()) {
            if (without.contains(client.id())) {
                field.excluded()
                        .add(Explanation.Excluded.of(
                                client.profile(), List.of("is refused by the other clients of this run")));
                continue;
            }
            Candidate candidate = candidate(client, exceptRun);
            List<String> exclusions = matching.exclusions(candidate);
            if (exclusions.isEmpty()) {
                field.fitting().add(client);
                continue;
            }
            field.excluded().add(Explanation.Excluded.of(client.profile(), exclusions));
            if (client.expectedBack(nowMs, settings.reconnectGrace()) && matching.fitsButForPresence(candidate)) {
                field.awaited().add(client);
            }
        }
        unknown(needs)
                .forEach(name -> field.excluded().add(new Explanation.Excluded(name, List.of("has not registered"))));
        return field;
    }

    private Candidate candidate(Client client, String exceptRun) {
        return new Candidate(client, ledgers.tasks(client.id(), exceptRun), ledgers.taken(client.id(), exceptRun));
    }

    /** Named clients that nobody has seen. */
    private Set<String> unknown(Needs needs) {
        Set<String> unknown = new TreeSet<>(needs.clients());
        unknown.removeIf(name ->
                registry.all().stream().anyMatch(client -> client.profile().namedBy(Set.of(name))));
        return unknown;
    }

    CheckResourcesResponse check(CheckResourcesRequest request, long nowMs) {
        Field field = field(
                Needs.of(request.getConditions(), request.getRun().getNamespace()),
                Set.of(),
                request.getRun().getRun(),
                nowMs);
        int wanted = Math.max(1, request.getClientNum());
        return CheckResourcesResponse.newBuilder()
                .setSatisfied(field.fitting().size() >= wanted)
                .setExplanation(field.explain(wanted))
                .setMatching(field.fitting().size())
                .setRegistered(registry.all().size())
                .build();
    }

    ExplainSelectionResponse explain(ExplainSelectionRequest request) {
        Needs needs = Needs.of(request.getConditions(), request.getRun().getNamespace());
        Matching matching = new Matching(needs, settings.direct());
        ExplainSelectionResponse.Builder response = ExplainSelectionResponse.newBuilder();
        for (Client client : registry.all()) {
            List<String> exclusions =
                    matching.exclusions(candidate(client, request.getRun().getRun()));
            response.addVerdicts(ClientVerdict.newBuilder()
                    .setClientId(client.id())
                    .setClientName(client.profile().name())
                    .setFits(exclusions.isEmpty())
                    .addAllReasons(exclusions.stream()
                            .map(exclusion -> "The client " + exclusion + ".")
                            .toList()));
        }
        unknown(needs)
                .forEach(name -> response.addVerdicts(ClientVerdict.newBuilder()
                        .setClientName(name)
                        .addReasons("No client of this id, name or address has registered.")));
        return response.build();
    }

    /**
     * The leases for this key: those it had, or a new choice.
     *
     * @throws FaultException CLIENTS_INSUFFICIENT; UNAVAILABLE while clients that would fit are expected back; STALE_RUN
     */
    ReserveResponse reserve(ReserveRequest request, long nowMs) {
        ReservationKey key = key(request);
        Needs needs = Needs.of(request.getConditions(), request.getRun().getNamespace());
        RunLedger ledger = runs.admit(request.getRun(), nowMs);
        return response(ledger.reservation(key)
                .filter(known -> !known.closedBefore(ledger.epoch()))
                .orElseGet(() -> choose(request, key, needs, ledger, nowMs)));
    }

    private Reservation choose(ReserveRequest request, ReservationKey key, Needs needs, RunLedger ledger, long nowMs) {
        Field field = field(needs, Set.copyOf(request.getWithoutList()), "", nowMs);
        int found = field.fitting().size();
        if (found < request.getCount() && !field.awaited().isEmpty()) {
            throw new FaultException(
                    Fault.UNAVAILABLE,
                    field.awaited().size() + " clients that fit broke off just now and are waited for; ask again. "
                            + field.explain(request.getCount()),
                    ASK_AGAIN,
                    null);
        }
        int minimum = Math.max(1, request.getMinimum());
        if (found < minimum) {
            throw new FaultException(Fault.CLIENTS_INSUFFICIENT, field.explain(minimum));
        }
        Choice choice = new Choice(
                request.getRandom(),
                request.getUntrainedFirst(),
                ledger.trained(),
                Set.copyOf(request.getAvoidList()),
                needs.datasets(),
                request.getSeed(),
                settings.weights());
        return lease(choice.best(field.fitting(), request.getCount()), key, needs, ledger);
    }

    private Reservation lease(List<Client> chosen, ReservationKey key, Needs needs, RunLedger ledger) {
        // A new choice for the same key asks for the same tasks again: what is left of the old one must not cancel
        // them.
        ledger.reservation(key)
                .ifPresent(old -> old.leases().forEach(lease -> {
                    lease.cancelDone();
                    ledgers.index(lease);
                }));
        Reservation reservation = ledger.reserve(key, needs.resources());
        for (Client client : chosen) {
            changes.now(reservation.add(
                    client.id(),
                    client.profile().name(),
                    client.profile().address(),
                    client.profile().samples(needs.datasets())));
            client.countLeased();
            registry.changed(client);
            if (key.kind() == TaskKind.TASK_KIND_TRAIN) {
                ledger.trained().add(client.id());
            }
        }
        return reservation;
    }

    private ReserveResponse response(Reservation reservation) {
        ReserveResponse.Builder response = ReserveResponse.newBuilder()
                .setLeaseDurationS(Math.toIntExact(settings.leaseDuration().toSeconds()));
        for (Lease lease : reservation.leases()) {
            response.addLeases(io.nsfl.protocol.v1.Lease.newBuilder()
                    .setClientId(lease.clientId())
                    .setClientName(lease.clientName())
                    .setAddress(lease.address())
                    .setSamples(lease.samples()));
        }
        return response.build();
    }

    private static ReservationKey key(ReserveRequest request) {
        if (request.getRound() < 1 || request.getAttempt() < 1) {
            throw new FaultException(Fault.REQUEST_INVALID, "Rounds and attempts are counted from 1.");
        }
        switch (request.getKind()) {
            case TASK_KIND_TRAIN, TASK_KIND_EVALUATE -> {}
            case TASK_KIND_UNSPECIFIED, UNRECOGNIZED ->
                throw new FaultException(Fault.REQUEST_INVALID, "A reservation is for training or for evaluation.");
        }
        if (request.getCount() < 1 || request.getMinimum() > request.getCount()) {
            throw new FaultException(
                    Fault.REQUEST_INVALID,
                    "A reservation wants at least 1 client and no more at least than in all; given: count "
                            + request.getCount() + ", minimum " + request.getMinimum() + ".");
        }
        return new ReservationKey(request.getRound(), request.getAttempt(), request.getKind());
    }
}
