package io.nsfl.sessions.desk;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.sessions.lease.LedgerStore;
import io.nsfl.sessions.lease.RunLedger;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is to happen once the ledgers that were changed are in the store: answers, events, messages to clients; in order.
 *
 * <p>While the store does not answer, calls fail at once with {@code DATABASE_UNAVAILABLE} and everything else waits; the write is tried
 * again every second. Nothing is undone: every operation can be repeated and then finds what it had begun.
 *
 * <p>Changes that a client will report again by itself (accepted, delivered) need no write of their own; they go with the next one, or
 * after a second.
 */
final class Effects {
    private static final Logger LOG = LoggerFactory.getLogger(Effects.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final LedgerStore store;
    private final Set<RunLedger> urgent = new LinkedHashSet<>();
    private final Set<RunLedger> lazy = new LinkedHashSet<>();
    private final Deque<Effect> waiting = new ArrayDeque<>();
    private long lazySinceMs;
    private long pausedUntilMs = Long.MIN_VALUE;
    private Optional<FaultException> trouble = Optional.empty();

    private record Effect(Runnable action, Optional<CompletableFuture<?>> call) {}

    Effects(LedgerStore store) {
        this.store = store;
    }

    /** The ledger has to be written before anything that follows happens. */
    void mustWrite(RunLedger ledger) {
        urgent.add(ledger);
    }

    /** The ledger is to be written some time soon. */
    void mayWrite(RunLedger ledger, long nowMs) {
        if (lazy.isEmpty()) {
            lazySinceMs = nowMs;
        }
        lazy.add(ledger);
    }

    void forget(RunLedger ledger) {
        urgent.remove(ledger);
        lazy.remove(ledger);
    }

    /** Happens after the write. */
    void then(Runnable action) {
        waiting.add(new Effect(action, Optional.empty()));
    }

    /** Answers a call after the write. */
    <T> void answer(CompletableFuture<T> call, T answer) {
        waiting.add(new Effect(() -> call.complete(answer), Optional.of(call)));
    }

    /** Refuses a call, in order with the others. */
    void refuse(CompletableFuture<?> call, FaultException refusal) {
        waiting.add(new Effect(() -> call.completeExceptionally(refusal), Optional.of(call)));
    }

    /** Writes everything now: nothing will come after it. */
    void close(long nowMs) {
        urgent.addAll(lazy);
        pausedUntilMs = Long.MIN_VALUE;
        flush(nowMs);
    }

    /** Writes what has to be written and lets the effects happen. */
    void flush(long nowMs) {
        if (!lazy.isEmpty() && nowMs - lazySinceMs >= PAUSE.toMillis()) {
            urgent.addAll(lazy);
        }
        if (!urgent.isEmpty() && !written(nowMs)) {
            failCalls();
            return;
        }
        // An effect may bring about others; they may need a write before they happen.
        for (Effect effect = waiting.poll(); effect != null; effect = waiting.poll()) {
            effect.action().run();
            if (!urgent.isEmpty()) {
                flush(nowMs);
                return;
            }
        }
    }

    private boolean written(long nowMs) {
        if (nowMs < pausedUntilMs) {
            return false;
        }
        try {
            for (RunLedger ledger : List.copyOf(urgent)) {
                store.write(ledger);
                forget(ledger);
            }
            if (trouble.isPresent()) {
                LOG.info("The store answers again; what was held back goes on");
                trouble = Optional.empty();
            }
            return true;
        } catch (RuntimeException e) {
            pausedUntilMs = nowMs + PAUSE.toMillis();
            if (trouble.isEmpty()) {
                LOG.warn("The leases cannot be written and wait: {}", e.getMessage());
            }
            trouble = Optional.of(new FaultException(
                    Fault.DATABASE_UNAVAILABLE,
                    "The store of the leases does not answer (" + e.getMessage() + "); try again.",
                    PAUSE,
                    e));
            return false;
        }
    }

    private void failCalls() {
        List<Effect> kept = new ArrayList<>();
        for (Effect effect : waiting) {
            if (effect.call().isPresent()) {
                trouble.ifPresent(fault -> effect.call().get().completeExceptionally(fault));
            } else {
                kept.add(effect);
            }
        }
        waiting.clear();
        waiting.addAll(kept);
    }
}
