package io.nsfl.coordinator.run;

import io.nsfl.coordinator.round.RoundEvent.Offer;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.Receipt;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Results that were offered and have no answer yet. Guarded by the lock of the {@link Desk} that it belongs to. */
final class AwaitedReceipts {
    private final Map<ClientTask, List<Awaited>> awaited = new HashMap<>();

    private record Awaited(String digest, CompletableFuture<Receipt> receipt) {}

    CompletionStage<Receipt> await(Offer offer) {
        CompletableFuture<Receipt> receipt = new CompletableFuture<>();
        awaited.computeIfAbsent(ClientTask.of(offer.task()), _ -> new ArrayList<>())
                .add(new Awaited(offer.digest(), receipt));
        return receipt;
    }

    /** Whether any result for the task has no answer yet. */
    boolean awaits(ClientTask task) {
        return awaited.containsKey(task);
    }

    /** Answers the offer and every repeat of it; another result for the same task goes on waiting. */
    void give(Offer offer, Receipt receipt) {
        ClientTask task = ClientTask.of(offer.task());
        List<Awaited> waiting = awaited.getOrDefault(task, new ArrayList<>());
        List<Awaited> answered = waiting.stream()
                .filter(one -> one.digest().equals(offer.digest()))
                .toList();
        answered.forEach(one -> one.receipt().complete(receipt));
        waiting.removeAll(answered);
        if (waiting.isEmpty()) {
            awaited.remove(task);
        }
    }

    /** No answer will come any more. */
    void fail(FaultException reason) {
        awaited.values().forEach(waiting -> waiting.forEach(one -> one.receipt().completeExceptionally(reason)));
        awaited.clear();
    }
}
