package io.nsfl.sessions.desk;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.AssignRequest;
import io.nsfl.protocol.v1.Assignment;
import io.nsfl.protocol.v1.ReleaseRequest;
import io.nsfl.protocol.v1.RenewRequest;
import io.nsfl.protocol.v1.RenewResponse;
import io.nsfl.protocol.v1.TaskKind;
import io.nsfl.protocol.v1.TaskRef;
import io.nsfl.sessions.lease.Lease;
import io.nsfl.sessions.lease.LeaseState;
import io.nsfl.sessions.lease.Ledgers;
import io.nsfl.sessions.lease.Ledgers.Standing;
import io.nsfl.sessions.lease.Reservation;
import io.nsfl.sessions.lease.ReservationKey;
import io.nsfl.sessions.lease.RunLedger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What coordinators do with their leases. */
final class Leasing {
    private final Ledgers ledgers;
    private final Runs runs;
    private final LeaseChanges changes;
    private final Effects effects;
    private final Sending sending;

    Leasing(Ledgers ledgers, Runs runs, LeaseChanges changes, Effects effects, Sending sending) {
        this.ledgers = ledgers;
        this.runs = runs;
        this.changes = changes;
        this.effects = effects;
        this.sending = sending;
    }

    /**
     * Puts the assignments in the outbox, all or none; leases whose client was lost or refused are passed over.
     *
     * @throws FaultException LEASE_UNKNOWN, STALE_RUN, REQUEST_INVALID
     */
    void assign(AssignRequest request, long nowMs) {
        List<Assignment> assignments = request.getAssignmentsList();
        assignments.forEach(assignment -> requireMeaningful(request, assignment));
        Optional<RunLedger> ledger = runs.admitKnown(request.getRun(), nowMs);
        List<Lease> leases = new ArrayList<>();
        List<String> unknown = new ArrayList<>();
        for (Assignment assignment : assignments) {
            ledger.flatMap(known -> lease(known, assignment.getTask()))
                    .filter(lease -> !lease.ended())
                    .ifPresentOrElse(
                            leases::add, () -> unknown.add(assignment.getTask().getClientId()));
        }
        if (!unknown.isEmpty()) {
            throw new FaultException(
                    Fault.LEASE_UNKNOWN,
                    "Nothing was assigned: there is no lease (any more) of client "
                            + String.join(", ", unknown.subList(0, Math.min(10, unknown.size()))) + " for round "
                            + assignments.getFirst().getTask().getRound() + " of run "
                            + request.getRun().getRun() + "; reserve again.");
        }
        for (int i = 0; i < leases.size(); i++) {
            assign(leases.get(i), assignments.get(i), nowMs);
        }
    }

    private void assign(Lease lease, Assignment assignment, long nowMs) {
        Lease.Work work = new Lease.Work(
                assignment, nowMs + assignment.getDeadlineMs(), nowMs + Math.max(0, assignment.getStartDelayMs()));
        // Whoever has delivered keeps the result for just this: the coordinator that held it is not there any more.
        boolean reachable = lease.state().live() || lease.state() == LeaseState.DELIVERED;
        if (reachable && lease.assign(work)) {
            changes.now(lease);
            effects.then(() -> sending.toClient(lease.clientId(), nowMs));
        }
    }

    private static Optional<Lease> lease(RunLedger ledger, TaskRef task) {
        return ledger.reservation(new ReservationKey(task.getRound(), task.getAttempt(), task.getKind()))
                .flatMap(reservation -> reservation.lease(task.getClientId()));
    }

    private static void requireMeaningful(AssignRequest request, Assignment assignment) {
        if (!assignment.getTask().getRun().equals(request.getRun().getRun())) {
            throw new FaultException(
                    Fault.REQUEST_INVALID,
                    "All assignments have to be of run " + request.getRun().getRun() + ".");
        }
        if (assignment.getDeadlineMs() <= 0) {
            throw new FaultException(
                    Fault.REQUEST_INVALID, "An assignment needs a deadline that lies ahead (deadline_ms above 0).");
        }
    }

    /** @throws FaultException STALE_RUN */
    RenewResponse renew(RenewRequest request, long nowMs) {
        RenewResponse.Builder response = RenewResponse.newBuilder();
        runs.admitKnown(request.getRun(), nowMs).stream()
                .flatMap(ledger -> ledger.leases().stream())
                .filter(lease -> lease.state().live())
                .map(Lease::clientId)
                .distinct()
                .forEach(response::addClientIds);
        return response.build();
    }

    /**
     * Ends leases; a run that is unknown or retired has none.
     *
     * @throws FaultException STALE_RUN for an earlier epoch of the run
     */
    void release(ReleaseRequest request, long nowMs) {
        boolean over = ledgers.run(request.getRun().getRun())
                .filter(RunLedger::retired)
                .isPresent();
        if (over || ledgers.standing(request.getRun()) instanceof Standing.Unknown) {
            return;
        }
        RunLedger ledger = runs.admitKnown(request.getRun(), nowMs).orElseThrow();
        ledger.reservations().stream()
                .filter(reservation -> concerns(request, reservation.key()))
                .forEach(reservation -> release(reservation, request, nowMs));
    }

    private void release(Reservation reservation, ReleaseRequest request, long nowMs) {
        Set<String> clients = Set.copyOf(request.getClientIdsList());
        Set<String> delivered = Set.copyOf(request.getDeliveredClientIdsList());
        String reason =
                request.getReason().isEmpty() ? "The coordinator needs the work no longer." : request.getReason();
        for (Lease lease : reservation.leases()) {
            boolean resultHeld = delivered.contains(lease.clientId());
            if (clients.isEmpty() || clients.contains(lease.clientId()) || resultHeld) {
                changes.released(lease, resultHeld, reason, nowMs);
                effects.then(() -> sending.toClient(lease.clientId(), nowMs));
            }
        }
        if (reservation.leases().stream().noneMatch(lease -> lease.state().live())) {
            reservation.close(reservation.ledger().epoch());
            effects.mustWrite(reservation.ledger());
        }
    }

    private static boolean concerns(ReleaseRequest request, ReservationKey key) {
        return (request.getRound() == 0 || request.getRound() == key.round())
                && (request.getAttempt() == 0 || request.getAttempt() == key.attempt())
                && (request.getKind() == TaskKind.TASK_KIND_UNSPECIFIED || request.getKind() == key.kind());
    }
}
