package io.nsfl.coordinator.run;

import io.nsfl.coordinator.round.Effect;
import io.nsfl.coordinator.round.LeaseChange;
import io.nsfl.coordinator.round.RoundEvent;
import io.nsfl.coordinator.round.WorkId;
import io.nsfl.coordinator.selection.ClientSelection;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.ReleaseRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/** What is asked of the client selection, on the calls' lane, with patience for one that does not answer. */
final class SelectionCalls {
    private static final Duration RECLAIM_PATIENCE = Duration.ofSeconds(20);

    private final Lanes lanes;
    private final InstantSource clock;
    private final ClientSelection selection;
    private final SelectionOrders orders;
    private final RunNews news;
    private final RunEvents events;

    SelectionCalls(
            Lanes lanes,
            InstantSource clock,
            ClientSelection selection,
            SelectionOrders orders,
            RunNews news,
            RunEvents events) {
        this.lanes = lanes;
        this.clock = clock;
        this.selection = selection;
        this.orders = orders;
        this.news = news;
        this.events = events;
    }

    void reserve(Effect.Reserve order) {
        lanes.calls().execute(() -> {
            try {
                events.post(new RoundEvent.Selected(
                        order.work(), SelectionOrders.roster(selection.reserve(orders.reserve(order)))));
            } catch (FaultException refused) {
                events.post(new RoundEvent.SelectionRefused(order.work(), refused.fault(), refused.getMessage()));
            }
        });
    }

    /**
     * The same reservation again moves its leases to this epoch. Where the leases died with the process (direct mode), the clients come
     * back within seconds; who does not is found out by Assign. Goes on only while the work is wanted: leases that are reserved after the
     * run released all it had would stay until they end by themselves.
     */
    void reclaim(WorkId work, SortedSet<String> clients, Runnable then) {
        Instant patience = clock.instant().plus(RECLAIM_PATIENCE);
        lanes.decisions().execute(() -> reclaim(work, clients, patience, then, 0));
    }

    private void reclaim(WorkId work, SortedSet<String> clients, Instant patience, Runnable then, int tries) {
        if (!events.wanted(work)) {
            return;
        }
        lanes.calls().execute(() -> {
            boolean patient = clock.instant().isBefore(patience);
            try {
                selection.reserve(orders.reclaim(work, clients, patient ? clients.size() : 1));
            } catch (FaultException failed) {
                if (failed.fault() == Fault.STALE_RUN) {
                    events.post(new RoundEvent.Superseded(failed.getMessage()));
                    return;
                }
                if (failed.fault() == Fault.SELECTOR_UNAVAILABLE || patient) {
                    lanes.timers()
                            .schedule(
                                    Pauses.after(tries),
                                    lanes.decisions(),
                                    () -> reclaim(work, clients, patience, then, tries + 1));
                    return;
                }
            }
            then.run();
        });
    }

    void assign(Effect.Assign order) {
        assign(order, 0);
    }

    private void assign(Effect.Assign order, int tries) {
        lanes.calls().execute(() -> {
            try {
                selection.assign(orders.assign(order.work(), order.clients(), order.deadline(), clock.instant()));
            } catch (FaultException refused) {
                if (refused.fault() == Fault.SELECTOR_UNAVAILABLE
                        && clock.instant().isBefore(order.deadline())) {
                    lanes.timers().schedule(Pauses.after(tries), lanes.decisions(), () -> {
                        if (events.wanted(order.work())) {
                            assign(order, tries + 1);
                        }
                    });
                } else if (refused.fault() == Fault.STALE_RUN) {
                    events.post(new RoundEvent.Superseded(refused.getMessage()));
                } else if (order.clients().size() > 1) {
                    // One lease that is gone refuses the whole request; the others are asked one by one.
                    order.clients()
                            .forEach(client ->
                                    assign(new Effect.Assign(order.work(), List.of(client), order.deadline()), 0));
                } else {
                    order.clients()
                            .forEach(client -> events.post(new RoundEvent.LeaseChanged(
                                    order.work(), client, LeaseChange.LOST, refused.getMessage())));
                }
            }
        });
    }

    void release(WorkId work, Collection<String> clients, String reason) {
        release(orders.release(work, clients, reason), 0);
    }

    void settle(Effect.Settle order) {
        release(orders.settle(order.work(), order.included()), 0);
    }

    void settleSome(Effect.SettleSome order) {
        release(orders.settleSome(order.work(), order.clients(), order.included()), 0);
    }

    /** What an earlier process of the run had asked for. */
    void forsake() {
        release(orders.releaseAll("The coordinator started again and asks anew."), 0);
    }

    /** At the end of the run. Leases end by themselves and the scheduler releases them too: the end does not wait for a selector. */
    void releaseAll(Runnable then) {
        lanes.calls().execute(() -> {
            try {
                selection.release(orders.releaseAll("The job is over."));
            } catch (FaultException unreachable) {
                news.announce(
                        Optional.empty(), "WARNING", "The clients could not be released: " + unreachable.getMessage());
            }
            then.run();
        });
    }

    /** Gets through some time, unless the run is over. */
    private void release(ReleaseRequest request, int tries) {
        lanes.calls().execute(() -> {
            try {
                selection.release(request);
            } catch (FaultException failed) {
                if (failed.fault() == Fault.STALE_RUN) {
                    events.post(new RoundEvent.Superseded(failed.getMessage()));
                } else if (failed.fault() == Fault.SELECTOR_UNAVAILABLE && !events.over()) {
                    lanes.timers().schedule(Pauses.after(tries), lanes.decisions(), () -> release(request, tries + 1));
                }
            }
        });
    }
}
