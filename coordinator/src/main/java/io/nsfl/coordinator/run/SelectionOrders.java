package io.nsfl.coordinator.run;

import io.nsfl.coordinator.round.Effect;
import io.nsfl.coordinator.round.RosterEntry;
import io.nsfl.coordinator.round.WorkId;
import io.nsfl.federation.seed.Seeds;
import io.nsfl.protocol.v1.AssignRequest;
import io.nsfl.protocol.v1.Assignment;
import io.nsfl.protocol.v1.Conditions;
import io.nsfl.protocol.v1.Lease;
import io.nsfl.protocol.v1.ReleaseRequest;
import io.nsfl.protocol.v1.ReserveRequest;
import io.nsfl.protocol.v1.ReserveResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What a run asks of the selection, as messages. */
final class SelectionOrders {
    /** Large rounds are spread over this much time per client, so that they do not all fetch at once. */
    private static final long START_SLOT_MILLIS = 2;

    private static final int SPREAD_FROM = 64;

    private final RunPlan plan;
    private final Conditions conditions;
    private final long seed;

    /** @param conditions what a client must have */
    SelectionOrders(RunPlan plan, Conditions conditions, long seed) {
        this.plan = plan;
        this.conditions = conditions;
        this.seed = seed;
    }

    ReserveRequest reserve(Effect.Reserve order) {
        WorkId work = order.work();
        return ReserveRequest.newBuilder()
                .setRun(plan.ref())
                .setRound(work.round())
                .setAttempt(work.attempt())
                .setKind(work.kind())
                .setConditions(conditions)
                .setCount(order.count())
                .setMinimum(order.minimum())
                .setRandom(plan.job().randomClient())
                .setUntrainedFirst(plan.job().untrainedFirst())
                .addAllAvoid(order.avoid())
                .addAllWithout(order.without())
                .setSeed(Seeds.derive(seed, work.round(), "", "selection/" + work.kind() + "/" + work.attempt()))
                .build();
    }

    /** The same clients for the same work again, under this epoch; {@code minimum} of them at least. */
    ReserveRequest reclaim(WorkId work, Collection<String> clients, int minimum) {
        ReserveRequest request = reserve(new Effect.Reserve(
                work, clients.size(), minimum, Collections.emptySortedSet(), Collections.emptySortedSet()));
        return request.toBuilder()
                .setConditions(
                        request.getConditions().toBuilder().clearClients().addAllClients(clients))
                .build();
    }

    static List<RosterEntry> roster(ReserveResponse response) {
        return response.getLeasesList().stream()
                .map(SelectionOrders::entry)
                .sorted(Comparator.comparing(RosterEntry::clientId))
                .toList();
    }

    AssignRequest assign(WorkId work, Collection<String> clients, Instant deadline, Instant now) {
        AssignRequest.Builder request = AssignRequest.newBuilder().setRun(plan.ref());
        int slot = 0;
        for (String client : clients) {
            request.addAssignments(Assignment.newBuilder()
                    .setTask(plan.task(work, client))
                    .setCoordinatorAddress(plan.address().get())
                    .setRoute(plan.job().key().serviceName())
                    .setEpoch(plan.ref().getEpoch())
                    .setDeadlineMs(Math.max(1, Duration.between(now, deadline).toMillis()))
                    .setStartDelayMs(clients.size() < SPREAD_FROM ? 0 : slot * START_SLOT_MILLIS)
                    .setResources(plan.resources())
                    .setRuntime(plan.job().runtime().canonicalName())
                    .addAllDatasets(plan.job().datasets()));
            slot++;
        }
        return request.build();
    }

    ReleaseRequest release(WorkId work, Collection<String> clients, String reason) {
        return ReleaseRequest.newBuilder()
                .setRun(plan.ref())
                .setRound(work.round())
                .setAttempt(work.attempt())
                .setKind(work.kind())
                .addAllClientIds(clients)
                .setReason(reason)
                .build();
    }

    /** All leases of work that is over. @param included clients whose results count: they have delivered, whether the selector knows or not */
    ReleaseRequest settle(WorkId work, Collection<String> included) {
        return release(work, List.of(), "The round is over.").toBuilder()
                .addAllDeliveredClientIds(included)
                .build();
    }

    /** Leases of some clients whose part is over. @param included their results count */
    ReleaseRequest settleSome(WorkId work, Collection<String> clients, boolean included) {
        ReleaseRequest request = release(work, clients, "The update is settled.");
        return included ? request.toBuilder().addAllDeliveredClientIds(clients).build() : request;
    }

    /** Every lease of the run. */
    ReleaseRequest releaseAll(String reason) {
        return ReleaseRequest.newBuilder().setRun(plan.ref()).setReason(reason).build();
    }

    private static RosterEntry entry(Lease lease) {
        return new RosterEntry(
                lease.getClientId(), lease.getClientName(), lease.getAddress(), lease.getSamples(), Optional.empty());
    }
}
