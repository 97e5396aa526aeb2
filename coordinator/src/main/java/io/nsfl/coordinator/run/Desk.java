package io.nsfl.coordinator.run;

import io.nsfl.coordinator.round.ArtifactFile;
import io.nsfl.coordinator.round.OpenWork;
import io.nsfl.coordinator.round.Rejection;
import io.nsfl.coordinator.round.RosterEntry;
import io.nsfl.coordinator.round.RoundDesk;
import io.nsfl.coordinator.round.RoundEvent.Offer;
import io.nsfl.coordinator.round.StagedResult;
import io.nsfl.coordinator.round.WorkId;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.Progress;
import io.nsfl.protocol.v1.Receipt;
import io.nsfl.protocol.v1.ResultHeader;
import io.nsfl.protocol.v1.RunRef;
import io.nsfl.protocol.v1.TaskDescription;
import io.nsfl.protocol.v1.TaskDirective;
import io.nsfl.protocol.v1.TaskRef;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
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
    private final InstantSource clock;
    private final Consumer<Offer> engine;
    private final BiPredicate<WorkId, String> includedBefore;

    private final Map<WorkId, Table> tables = new HashMap<>();
    private Optional<WorkId> awaited;
    private boolean ended;
    private int maskingSession;
    private final Map<String, List<Pending>> pending = new LinkedHashMap<>();
    private final Map<TaskRef, List<Consumer<TaskDirective>>> sinks = new HashMap<>();

    /** One work that is open, and what was decided about its clients. */
    private record Table(
            OpenWork work,
            List<ArtifactFile> artifacts,
            String preparedParams,
            Map<String, Receipt> decided,
            Set<String> dismissed) {}

    private record Pending(String digest, CompletableFuture<Receipt> receipt) {}

    /**
     * @param awaited work that was open when the coordinator died and will be opened again
     * @param engine takes offers; must not block
     * @param includedBefore whether a committed round counted a client
     */
    Desk(
            RunRef run,
            TaskSheet sheet,
            InstantSource clock,
            Optional<WorkId> awaited,
            Consumer<Offer> engine,
            BiPredicate<WorkId, String> includedBefore) {
        this.run = run;
        this.sheet = sheet;
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
        return table(work).map(Table::work);
    }

    @Override
    public synchronized TaskDescription describe(TaskRef task) {
        Table table = require(task);
        RosterEntry client = table.work().roster().get(task.getClientId());
        return sheet.describe(task, table.work(), client, table.artifacts(), clock.instant()).toBuilder()
                .setPreparedParamsJson(table.preparedParams())
                .build();
    }

    @Override
    public synchronized ArtifactFile artifact(TaskRef task, String name) {
        return require(task).artifacts().stream()
                .filter(artifact -> artifact.artifact().getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new FaultException(
                        Fault.ARTIFACT_UNKNOWN, "Round " + task.getRound() + " has no artifact named " + name + "."));
    }

    @Override
    public CompletionStage<Receipt> offer(StagedResult result) {
        Offer offer = offerOf(result);
        CompletableFuture<Receipt> receipt = new CompletableFuture<>();
        synchronized (this) {
            if (ended) {
                receipt.completeExceptionally(ending());
                return receipt;
            }
            pending.computeIfAbsent(key(result.task()), _ -> new ArrayList<>())
                    .add(new Pending(offer.digest(), receipt));
        }
        engine.accept(offer);
        return receipt;
    }

    @Override
    public synchronized Optional<Receipt> decided(TaskRef task) {
        requireNotEnded();
        WorkId work = WorkId.of(task);
        Optional<Table> table = table(work);
        if (table.isPresent()) {
            return table.get().dismissed().contains(task.getClientId())
                    ? Optional.of(DROPPED)
                    : Optional.ofNullable(table.get().decided().get(task.getClientId()));
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
        sinks.computeIfAbsent(bare(task), _ -> new ArrayList<>()).add(sink);
        return () -> unsubscribe(task, sink);
    }

    @Override
    public synchronized void progress(Progress progress) {
        boolean holds = progress.getStage().equals("held");
        if (!ended
                && holds
                && tables.containsKey(WorkId.of(progress.getTask()))
                && !masks(WorkId.of(progress.getTask()))
                && decided(progress.getTask()).isEmpty()
                && !pending.containsKey(key(progress.getTask()))) {
            tell(progress.getTask(), deliverAgain(), false);
        }
    }

    // What the engine writes.

    /** What was masked for an earlier session is of no use to a later one: nobody is asked for it again. */
    private boolean masks(WorkId work) {
        return table(work).flatMap(table -> table.work().masked()).isPresent();
    }

    @Override
    public synchronized int maskingSession(WorkId work) {
        return tables.containsKey(work) ? maskingSession : 0;
    }

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
        tables.put(
                new WorkId(work.round(), work.attempt(), work.kind()),
                new Table(work, List.copyOf(files), prepared, new HashMap<>(), new HashSet<>()));
    }

    synchronized void answer(Offer offer, Receipt receipt) {
        // Another result for the same work is refused; what was decided about the first stays.
        // Of a masked one nothing stays: the next session brings another.
        boolean counts = offer.maskingSession() == 0 || offer.failure().isPresent();
        if (counts && !receipt.getFault().getCode().equals(Fault.DUPLICATE.name())) {
            table(offer.work()).ifPresent(table -> table.decided().put(offer.client(), receipt));
        }
        List<Pending> waiting = pending.getOrDefault(key(offer.task()), new ArrayList<>());
        List<Pending> answered = waiting.stream()
                .filter(one -> one.digest().equals(offer.digest()))
                .toList();
        answered.forEach(one -> one.receipt().complete(receipt));
        waiting.removeAll(answered);
        if (waiting.isEmpty()) {
            pending.remove(key(offer.task()));
        }
    }

    /** These clients' work is not needed any more. */
    synchronized void dismiss(WorkId work, Collection<String> clients, String reason) {
        table(work).ifPresent(table -> table.dismissed().addAll(clients));
        TaskDirective stop = TaskDirective.newBuilder()
                .setOrder(TaskDirective.Order.STOP)
                .setReason(reason)
                .build();
        clients.forEach(client -> tell(task(work, client), stop, true));
    }

    /** The work is over: everybody learns whether it counted. */
    synchronized void settle(WorkId work, Set<String> included) {
        Table table = tables.remove(work);
        if (table != null) {
            table.work()
                    .roster()
                    .keySet()
                    .forEach(client -> tell(task(work, client), settled(included.contains(client)), true));
        }
    }

    /** These clients' part of the work is over; the others go on. */
    synchronized void settleSome(WorkId work, Set<String> clients, boolean included) {
        table(work)
                .ifPresent(
                        table -> clients.forEach(client -> table.decided().put(client, included ? INCLUDED : DROPPED)));
        clients.forEach(client -> tell(task(work, client), settled(included), true));
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
        pending.values().forEach(waiting -> waiting.forEach(one -> one.receipt().completeExceptionally(ending())));
        pending.clear();
        sinks.clear();
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

    private Table require(TaskRef task) {
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
                .filter(table -> table.work().roster().containsKey(task.getClientId()))
                .filter(table -> !table.dismissed().contains(task.getClientId()))
                .orElseThrow(() -> new FaultException(
                        Fault.STALE,
                        "Round " + work.round() + ", attempt " + work.attempt()
                                + " is over or does not need this client; drop the task."));
    }

    private Optional<Table> table(WorkId work) {
        return Optional.ofNullable(tables.get(work));
    }

    private Optional<TaskDirective> current(TaskRef task) {
        Optional<Receipt> receipt = decided(task);
        if (receipt.isEmpty()) {
            boolean again = table(WorkId.of(task))
                    .filter(table ->
                            table.work().reopened() && table.work().masked().isEmpty())
                    .isPresent();
            return again ? Optional.of(deliverAgain()) : Optional.empty();
        }
        return switch (receipt.get().getVerdict()) {
            case SETTLED_INCLUDED -> Optional.of(settled(true));
            case SETTLED_DROPPED, REJECTED -> Optional.of(settled(false));
            case HELD, VERDICT_UNSPECIFIED, UNRECOGNIZED -> Optional.empty();
        };
    }

    private void tell(TaskRef task, TaskDirective directive, boolean last) {
        List<Consumer<TaskDirective>> listeners = last ? sinks.remove(bare(task)) : sinks.get(bare(task));
        if (listeners != null) {
            List.copyOf(listeners).forEach(sink -> sink.accept(directive));
        }
    }

    private synchronized void unsubscribe(TaskRef task, Consumer<TaskDirective> sink) {
        List<Consumer<TaskDirective>> listeners = sinks.get(bare(task));
        if (listeners != null) {
            listeners.remove(sink);
            if (listeners.isEmpty()) {
                sinks.remove(bare(task));
            }
        }
    }

    private TaskRef task(WorkId work, String client) {
        return TaskRef.newBuilder()
                .setNamespace(run.getNamespace())
                .setJob(run.getJob())
                .setRun(run.getRun())
                .setRound(work.round())
                .setAttempt(work.attempt())
                .setClientId(client)
                .setKind(work.kind())
                .build();
    }

    private static TaskRef bare(TaskRef task) {
        return task.toBuilder().clearToken().build();
    }

    private static String key(TaskRef task) {
        return task.getKindValue() + "/" + task.getRound() + "/" + task.getAttempt() + "/" + task.getClientId();
    }

    private static TaskDirective deliverAgain() {
        return TaskDirective.newBuilder()
                .setOrder(TaskDirective.Order.DELIVER_AGAIN)
                .setReason("The coordinator started again and does not hold this result.")
                .build();
    }

    private static TaskDirective settled(boolean included) {
        return TaskDirective.newBuilder()
                .setOrder(included ? TaskDirective.Order.SETTLED_INCLUDED : TaskDirective.Order.SETTLED_DROPPED)
                .build();
    }

    private static Offer offerOf(StagedResult result) {
        ResultHeader header = result.header();
        Optional<Rejection> failure = header.hasFailure()
                ? Optional.of(new Rejection(
                        faultOf(header.getFailure().getCode()),
                        header.getFailure().getMessage()))
                : Optional.empty();
        return new Offer(
                result.task(),
                HexFormat.of().formatHex(header.getResultDigest().toByteArray()),
                header.getMetricsMap(),
                failure,
                result);
    }

    private static Fault faultOf(String code) {
        for (Fault fault : Fault.values()) {
            if (fault.name().equals(code)) {
                return fault;
            }
        }
        return Fault.SCRIPT_FAILED;
    }
}
