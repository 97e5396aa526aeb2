package io.nsfl.coordinator.run;

import io.nsfl.coordinator.round.ArtifactFile;
import io.nsfl.coordinator.round.OpenWork;
import io.nsfl.coordinator.round.Rejection;
import io.nsfl.coordinator.round.RoundDesk;
import io.nsfl.coordinator.round.RoundEvent.Offer;
import io.nsfl.coordinator.round.StagedResult;
import io.nsfl.coordinator.round.WorkId;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.Progress;
import io.nsfl.protocol.v1.Receipt;
import io.nsfl.protocol.v1.RunRef;
import io.nsfl.protocol.v1.TaskDescription;
import io.nsfl.protocol.v1.TaskDirective;
import io.nsfl.protocol.v1.TaskRef;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiPredicate;
import java.util.function.Consumer;

/**
 * The desk of a run: what is open, what was decided, and who waits for orders. The engine writes, clients' threads read and subscribe;
 * one lock, never held while waiting.
 */
final class Desk implements RoundDesk {
    private static final Duration SOON = Duration.ofSeconds(1);
    private static final Receipt INCLUDED =
            Receipt.newBuilder().setVerdict(Receipt.Verdict.SETTLED_INCLUDED).build();
    private static final Receipt DROPPED = new Rejection(
                    Fault.UPDATE_TOO_LATE, "The round is over or went on without this result; drop it.")
            .receipt();

    private final RunRef run;
    private final TaskSheet sheet;
    private final ModelDeltas deltas;
    private final InstantSource clock;
    private final Consumer<Offer> engine;
    private final BiPredicate<WorkId, String> includedBefore;

    private final Map<WorkId, DeskTable> tables = new HashMap<>();
    private final AwaitedReceipts receipts = new AwaitedReceipts();
    private final OrderSubscriptions orders = new OrderSubscriptions();
    private Optional<WorkId> awaited;
    private boolean ended;
    private int maskingSession;

    /**
     * @param awaited work that was open when the coordinator died and will be opened again
     * @param engine takes offers; must not block
     * @param includedBefore whether a committed round counted a client
     */
    Desk(
            RunRef run,
            TaskSheet sheet,
            ModelDeltas deltas,
            InstantSource clock,
            Optional<WorkId> awaited,
            Consumer<Offer> engine,
            BiPredicate<WorkId, String> includedBefore) {
        this.run = run;
        this.sheet = sheet;
        this.deltas = deltas;
        this.clock = clock;
        this.awaited = awaited;
        this.engine = engine;
        this.includedBefore = includedBefore;
    }

    // What clients see.

    @Override
    public synchronized Set<WorkId> open() {
        return Set.copyOf(tables.keySet());
    }

    @Override
    public synchronized Optional<OpenWork> open(WorkId work) {
        return table(work).map(DeskTable::work);
    }

    @Override
    public synchronized TaskDescription describe(TaskRef task) {
        DeskTable table = require(task);
        return table.describe(sheet, task, clock.instant());
    }

    @Override
    public synchronized ArtifactFile artifact(TaskRef task, String name) {
        DeskTable table = require(task);
        return table.artifact(name)
                .or(() -> deltas.find(table.work().baseDigest(), name))
                .orElseThrow(() -> new FaultException(
                        Fault.ARTIFACT_UNKNOWN, "Round " + task.getRound() + " has no artifact named " + name + "."));
    }

    @Override
    public synchronized CompletionStage<Void> prepared(TaskRef task) {
        return table(WorkId.of(task))
                .map(table -> deltas.complete(table.work().baseDigest()))
                .orElseGet(() -> CompletableFuture.completedStage(null));
    }

    @Override
    public CompletionStage<Receipt> offer(StagedResult result) {
        Offer offer = Offer.of(result);
        CompletionStage<Receipt> receipt;
        synchronized (this) {
            if (ended) {
                return CompletableFuture.failedStage(ending());
            }
            receipt = receipts.await(offer);
        }
        engine.accept(offer);
        return receipt;
    }

    @Override
    public synchronized Optional<Receipt> decided(TaskRef task) {
        requireNotEnded();
        WorkId work = WorkId.of(task);
        Optional<DeskTable> table = table(work);
        if (table.isPresent()) {
            return table.get().dismissed(task.getClientId())
                    ? Optional.of(DROPPED)
                    : table.get().decided(task.getClientId());
        }
        if (awaited.filter(work::equals).isPresent()) {
            return Optional.empty();
        }
        return Optional.of(includedBefore.test(work, task.getClientId()) ? INCLUDED : DROPPED);
    }

    @Override
    public synchronized Subscription directives(TaskRef task, Consumer<TaskDirective> sink) {
        requireNotEnded();
        Optional<TaskDirective> current = current(task);
        current.ifPresent(sink);
        if (current.isPresent() && current.get().getOrder() != TaskDirective.Order.DELIVER_AGAIN) {
            return () -> {};
        }
        ClientTask subscribed = ClientTask.of(task);
        orders.subscribe(subscribed, sink);
        return () -> unsubscribe(subscribed, sink);
    }

    @Override
    public synchronized void progress(Progress progress) {
        TaskRef task = progress.getTask();
        boolean holds = progress.getStage().equals("held");
        // What was masked for an earlier session is of no use to a later one: nobody is asked for it again.
        boolean wanted = table(WorkId.of(task)).filter(table -> !table.masks()).isPresent();
        if (!ended && holds && wanted && decided(task).isEmpty() && !receipts.awaits(ClientTask.of(task))) {
            orders.tell(ClientTask.of(task), OrderSubscriptions.DELIVER_AGAIN);
        }
    }

    @Override
    public synchronized int maskingSession(WorkId work) {
        return tables.containsKey(work) ? maskingSession : 0;
    }

    // What the engine writes.

    /** A masking session is opened for the open work. */
    synchronized void masking(WorkId work, int session) {
        if (tables.containsKey(work)) {
            maskingSession = session;
        }
    }

    /** Replaces what is open. @param prepared parameters of the job's extender as JSON, or empty */
    synchronized void open(OpenWork work, List<ArtifactFile> files, String prepared) {
        tables.clear();
        maskingSession = 0;
        lay(work, files, prepared);
    }

    /** Opens one more work. */
    synchronized void openBeside(OpenWork work, List<ArtifactFile> files) {
        lay(work, files, "");
    }

    private void lay(OpenWork work, List<ArtifactFile> files, String prepared) {
        awaited = Optional.empty();
        tables.put(new WorkId(work.round(), work.attempt(), work.kind()), new DeskTable(work, files, prepared));
    }

    synchronized void answer(Offer offer, Receipt receipt) {
        // Another result for the same work is refused; what was decided about the first stays.
        // Of a masked one nothing stays: the next session brings another.
        boolean counts = offer.maskingSession() == 0 || offer.failure().isPresent();
        if (counts && !receipt.getFault().getCode().equals(Fault.DUPLICATE.name())) {
            table(offer.work()).ifPresent(table -> table.decide(offer.client(), receipt));
        }
        receipts.give(offer, receipt);
    }

    /** These clients' work is not needed any more. */
    synchronized void dismiss(WorkId work, Collection<String> clients, String reason) {
        table(work).ifPresent(table -> table.dismiss(clients));
        TaskDirective stop = OrderSubscriptions.stop(reason);
        clients.forEach(client -> orders.tellLast(new ClientTask(work, client), stop));
    }

    /** The work is over: everybody learns whether it counted. */
    synchronized void settle(WorkId work, Set<String> included) {
        DeskTable table = tables.remove(work);
        if (table != null) {
            table.work().roster().keySet().forEach(client -> tellSettled(work, client, included.contains(client)));
        }
    }

    /** These clients' part of the work is over; the others go on. */
    synchronized void settleSome(WorkId work, Set<String> clients, boolean included) {
        table(work).ifPresent(table -> clients.forEach(client -> table.decide(client, included ? INCLUDED : DROPPED)));
        clients.forEach(client -> tellSettled(work, client, included));
    }

    /** Nothing of this work is expected any more: who still asks learns whether it was counted. */
    synchronized void close(WorkId work) {
        tables.remove(work);
    }

    /** Nothing is open any more. */
    synchronized void close() {
        tables.clear();
    }

    /** The process ends: nobody waits for a receipt that will not come. */
    synchronized void end() {
        ended = true;
        tables.clear();
        receipts.fail(ending());
        orders.clear();
    }

    /** What was open goes on at the next coordinator: that nothing is open here any more decides nothing. */
    private void requireNotEnded() {
        if (ended) {
            throw ending();
        }
    }

    private static FaultException ending() {
        return new FaultException(Fault.UNAVAILABLE, "The coordinator is ending.", SOON, null);
    }

    private DeskTable require(TaskRef task) {
        requireNotEnded();
        if (!task.getRun().equals(run.getRun())) {
            throw new FaultException(
                    Fault.STALE_RUN, "Run " + task.getRun() + " is over; this is run " + run.getRun() + ".");
        }
        WorkId work = WorkId.of(task);
        if (awaited.filter(work::equals).isPresent()) {
            throw new FaultException(Fault.UNAVAILABLE, "The round is being opened again.", SOON, null);
        }
        return table(work)
                .filter(table -> table.needs(task.getClientId()))
                .orElseThrow(() -> new FaultException(
                        Fault.STALE,
                        "Round " + work.round() + ", attempt " + work.attempt()
                                + " is over or does not need this client; drop the task."));
    }

    private Optional<DeskTable> table(WorkId work) {
        return Optional.ofNullable(tables.get(work));
    }

    private Optional<TaskDirective> current(TaskRef task) {
        Optional<Receipt> receipt = decided(task);
        if (receipt.isEmpty()) {
            return table(WorkId.of(task))
                    .filter(table -> table.work().reopened() && !table.masks())
                    .map(_ -> OrderSubscriptions.DELIVER_AGAIN);
        }
        return switch (receipt.get().getVerdict()) {
            case SETTLED_INCLUDED -> Optional.of(OrderSubscriptions.settled(true));
            case SETTLED_DROPPED, REJECTED -> Optional.of(OrderSubscriptions.settled(false));
            case HELD, VERDICT_UNSPECIFIED, UNRECOGNIZED -> Optional.empty();
        };
    }

    private void tellSettled(WorkId work, String client, boolean included) {
        orders.tellLast(new ClientTask(work, client), OrderSubscriptions.settled(included));
    }

    private synchronized void unsubscribe(ClientTask task, Consumer<TaskDirective> sink) {
        orders.unsubscribe(task, sink);
    }
}
