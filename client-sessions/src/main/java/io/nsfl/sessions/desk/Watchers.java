package io.nsfl.sessions.desk;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.FaultDetail;
import io.nsfl.protocol.v1.LeaseEvent;
import io.nsfl.sessions.lease.Lease;
import io.nsfl.sessions.lease.LeaseState;
import io.nsfl.sessions.lease.RunLedger;
import io.nsfl.sessions.registry.ClientState;
import io.nsfl.sessions.registry.Registry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who watches which run's leases. */
final class Watchers {
    private static final Logger LOG = LoggerFactory.getLogger(Watchers.class);

    private final Registry registry;
    private final Map<String, List<Watcher>> byRun = new HashMap<>();

    record Watcher(String run, long epoch, LeaseListener listener) {}

    Watchers(Registry registry) {
        this.registry = registry;
    }

    /** Tells the current state and from now on every change. */
    void add(Watcher watcher, RunLedger ledger) {
        byRun.computeIfAbsent(watcher.run(), run -> new ArrayList<>()).add(watcher);
        ledger.leases().forEach(lease -> current(lease).forEach(event -> tell(watcher, event)));
    }

    void remove(Watcher watcher) {
        byRun.computeIfPresent(watcher.run(), (run, watchers) -> {
            watchers.remove(watcher);
            return watchers.isEmpty() ? null : watchers;
        });
    }

    void event(Lease lease, LeaseEvent.Change change) {
        LeaseEvent event = event(lease, change, lease.reason());
        for (Watcher watcher :
                List.copyOf(byRun.getOrDefault(lease.reservation().ledger().run(), List.of()))) {
            tell(watcher, event);
        }
    }

    /** A later epoch took the run over. */
    void endBefore(String run, long epoch, FaultException reason) {
        end(run, watcher -> watcher.epoch() < epoch, reason);
    }

    void endAll(FaultException reason) {
        List.copyOf(byRun.keySet()).forEach(run -> end(run, watcher -> true, reason));
    }

    private void end(String run, Predicate<Watcher> which, FaultException reason) {
        List.copyOf(byRun.getOrDefault(run, List.of())).stream().filter(which).forEach(watcher -> {
            remove(watcher);
            watcher.listener().ended(reason);
        });
    }

    private List<LeaseEvent> current(Lease lease) {
        List<LeaseEvent> events = new ArrayList<>();
        change(lease.state()).ifPresent(change -> events.add(event(lease, change, lease.reason())));
        boolean away = registry.find(lease.clientId())
                .map(client -> client.state() != ClientState.CONNECTED)
                .orElse(true);
        if (lease.state().live() && away) {
            events.add(event(lease, LeaseEvent.Change.DISCONNECTED, FaultDetail.getDefaultInstance()));
        }
        return events;
    }

    private static Optional<LeaseEvent.Change> change(LeaseState state) {
        return switch (state) {
            case RESERVED, ASSIGNED, RELEASED -> Optional.empty();
            case ACCEPTED, DELIVERED -> Optional.of(LeaseEvent.Change.ACCEPTED);
            case REFUSED -> Optional.of(LeaseEvent.Change.REFUSED);
            case LOST -> Optional.of(LeaseEvent.Change.LOST);
        };
    }

    private static LeaseEvent event(Lease lease, LeaseEvent.Change change, FaultDetail reason) {
        LeaseEvent.Builder event = LeaseEvent.newBuilder()
                .setChange(change)
                .setTask(lease.task().toBuilder().clearToken());
        if (!reason.getCode().isEmpty() || !reason.getMessage().isEmpty()) {
            event.setReason(reason);
        }
        return event.build();
    }

    private void tell(Watcher watcher, LeaseEvent event) {
        try {
            watcher.listener().event(event);
        } catch (RuntimeException e) {
            LOG.warn("A watch of run {} fails and is closed", watcher.run(), e);
            remove(watcher);
            watcher.listener()
                    .ended(new FaultException(
                            Fault.INTERNAL_ERROR, "The watch could not take an event; open it again.", e));
        }
    }
}
