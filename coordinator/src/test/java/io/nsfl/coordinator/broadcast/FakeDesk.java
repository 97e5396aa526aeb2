package io.nsfl.coordinator.broadcast;

import io.nsfl.coordinator.round.ArtifactFile;
import io.nsfl.coordinator.round.OpenWork;
import io.nsfl.coordinator.round.RoundDesk;
import io.nsfl.coordinator.round.StagedResult;
import io.nsfl.coordinator.round.WorkId;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.Progress;
import io.nsfl.protocol.v1.Receipt;
import io.nsfl.protocol.v1.TaskDescription;
import io.nsfl.protocol.v1.TaskDirective;
import io.nsfl.protocol.v1.TaskRef;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/** A desk that a test opens work at; answers offers with HELD (a failure with SETTLED_DROPPED), at once or when the test says so. */
public final class FakeDesk implements RoundDesk {
    public final List<StagedResult> offers = new CopyOnWriteArrayList<>();
    public final List<Long> offeredBytes = new CopyOnWriteArrayList<>();
    public final List<byte[]> offeredContents = new CopyOnWriteArrayList<>();
    public final List<byte[]> offeredResultFiles = new CopyOnWriteArrayList<>();
    public final List<Progress> progress = new CopyOnWriteArrayList<>();
    public final Map<String, ArtifactFile> artifacts = new ConcurrentHashMap<>();
    public volatile CompletableFuture<Void> prepared = CompletableFuture.completedFuture(null);
    public volatile Consumer<TaskDirective> sink;
    public volatile boolean subscribed;
    private final Map<TaskRef, Receipt> decisions = new ConcurrentHashMap<>();
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    private volatile Optional<OpenWork> open = Optional.empty();
    private volatile boolean patient;
    private final CountDownLatch asked = new CountDownLatch(1);

    public void open(OpenWork work) {
        open = Optional.of(work);
    }

    public void close() {
        open = Optional.empty();
    }

    /** From now on offers wait for {@link #decideAll}. */
    public void holdDecisions() {
        patient = true;
    }

    public void decideAll() {
        for (Runnable next = waiting.poll(); next != null; next = waiting.poll()) {
            next.run();
        }
    }

    @Override
    public Set<WorkId> open() {
        return open.map(FakeDesk::id).map(Set::of).orElseGet(Set::of);
    }

    @Override
    public Optional<OpenWork> open(WorkId work) {
        return open.filter(current -> id(current).equals(work));
    }

    private static WorkId id(OpenWork work) {
        return new WorkId(work.round(), work.attempt(), work.kind());
    }

    @Override
    public TaskDescription describe(TaskRef task) {
        if (open.isEmpty()) {
            throw new FaultException(Fault.UNAVAILABLE, "The round is being opened.");
        }
        OpenWork work = open.get();
        if (!WorkId.of(task).equals(new WorkId(work.round(), work.attempt(), work.kind()))) {
            throw new FaultException(Fault.STALE, "Round " + task.getRound() + " is over.");
        }
        return TaskDescription.newBuilder().setTask(task).setRuntime("pytorch").build();
    }

    @Override
    public CompletionStage<Void> prepared(TaskRef task) {
        asked.countDown();
        return prepared;
    }

    /** Until somebody wants to know what is prepared. */
    public void awaitAsked() throws InterruptedException {
        asked.await();
    }

    @Override
    public ArtifactFile artifact(TaskRef task, String name) {
        return Optional.ofNullable(artifacts.get(name))
                .orElseThrow(() -> new FaultException(Fault.ARTIFACT_UNKNOWN, "No artifact named " + name + "."));
    }

    @Override
    public CompletionStage<Receipt> offer(StagedResult result) {
        Receipt receipt = Receipt.newBuilder()
                .setVerdict(result.header().hasFailure() ? Receipt.Verdict.SETTLED_DROPPED : Receipt.Verdict.HELD)
                .build();
        CompletableFuture<Receipt> decision = new CompletableFuture<>();
        Runnable decide = () -> {
            decisions.put(result.task(), receipt);
            decision.complete(receipt);
        };
        waiting.add(decide);
        offeredBytes.add(result.stageFile().map(FakeDesk::size).orElse(0L));
        result.stageFile().map(FakeDesk::content).ifPresent(offeredContents::add);
        result.resultFiles().map(FakeDesk::content).ifPresent(offeredResultFiles::add);
        offers.add(result);
        if (!patient) {
            decideAll();
        }
        return decision;
    }

    @Override
    public Optional<Receipt> decided(TaskRef task) {
        return Optional.ofNullable(decisions.get(task));
    }

    @Override
    public Subscription directives(TaskRef task, Consumer<TaskDirective> listener) {
        sink = listener;
        subscribed = true;
        return () -> subscribed = false;
    }

    @Override
    public void progress(Progress word) {
        progress.add(word);
    }

    private static byte[] content(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }
}
