package io.nsfl.coordinator.run;

import io.nsfl.coordinator.checkpoint.Journal;
import io.nsfl.coordinator.checkpoint.JournalRecord;
import io.nsfl.coordinator.checkpoint.JournalRecord.CommittedState;
import io.nsfl.coordinator.checkpoint.RunHistory;
import io.nsfl.coordinator.checkpoint.RunOutputs;
import io.nsfl.coordinator.masking.MaskedResults;
import io.nsfl.coordinator.masking.MaskedSum;
import io.nsfl.coordinator.round.ArtifactFile;
import io.nsfl.coordinator.round.Buffered;
import io.nsfl.coordinator.round.Counted;
import io.nsfl.coordinator.round.EvaluationMerge;
import io.nsfl.coordinator.round.OpenWork;
import io.nsfl.coordinator.round.Rejection;
import io.nsfl.coordinator.round.RosterEntry;
import io.nsfl.coordinator.round.RoundEvent.Offer;
import io.nsfl.coordinator.round.RoundTally;
import io.nsfl.coordinator.round.RunState;
import io.nsfl.coordinator.round.WorkId;
import io.nsfl.federation.aggregate.Aggregate;
import io.nsfl.federation.aggregate.Contribution;
import io.nsfl.federation.aggregate.FoldPlan;
import io.nsfl.federation.aggregate.RangeEstimate;
import io.nsfl.federation.aggregate.StalenessWeight;
import io.nsfl.federation.bits.BitSource;
import io.nsfl.federation.state.ServerState;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.modelformats.ModelFile;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.job.Heartbeat.Checkpoint;
import io.nsfl.protocol.job.RoundMetrics;
import io.nsfl.protocol.v1.TaskKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The durable side of a run: every method writes its record before it returns, and what it returns may be believed. One thread at a
 * time: the run's disk lane.
 */
final class RunBook {
    private final RunPlan plan;
    private final Journal journal;
    private final RunHistory history;
    private final RunOutputs outputs;
    private final GlobalModel model;
    private final ModelFile template;
    private final RunArtifacts artifacts;
    private final ExtenderBook extender;
    private final Path scratch;
    private final InstantSource clock;
    private final MaskingBook masking;
    private final Optional<PrivacyBook> privacy;
    private Optional<FoldPlan> foldPlan = Optional.empty();
    private Optional<GlobalModel.Draft> draft = Optional.empty();

    RunBook(
            RunPlan plan,
            Journal journal,
            RunHistory history,
            RunOutputs outputs,
            GlobalModel model,
            ModelFile template,
            RunArtifacts artifacts,
            ExtenderBook extender,
            Path scratch,
            InstantSource clock) {
        this.plan = plan;
        this.journal = journal;
        this.history = history;
        this.outputs = outputs;
        this.model = model;
        this.template = template;
        this.artifacts = artifacts;
        this.extender = extender;
        this.scratch = scratch;
        this.clock = clock;
        this.masking = new MaskingBook(this::write);
        this.privacy = PrivacyBook.of(plan.job());
        privacy.ifPresent(book -> book.count(history));
    }

    /** Why no other attempt may begin; empty = one may. From any thread. */
    Optional<String> refusesAnother() {
        return privacy.flatMap(PrivacyBook::refusesAnother);
    }

    /**
     * What clients may see of opened work.
     *
     * @param preparedParams of the job's extender as JSON, or empty
     */
    record Opened(OpenWork work, List<ArtifactFile> files, String preparedParams) {}

    /** @throws FaultException EXTENDER_FAILED the job's extender has nothing for the clients */
    Opened open(WorkId work, List<RosterEntry> roster) {
        List<RosterEntry> entries = withHistory(roster);
        ExtenderBook.Prepared prepared = extender.open(work, artifacts.names());
        foldPlan = work.trains() ? Optional.of(newPlan(entries.size(), trainCap(entries))) : Optional.empty();
        Opened opened = open(work, entries, foldPlan, prepared);
        beginFold();
        extender.beginRound();
        return opened;
    }

    /** Work of an asynchronous run: what is open and folded stays. */
    Opened openBeside(WorkId work, List<RosterEntry> roster) {
        Optional<FoldPlan> updates = work.trains() ? foldPlan : Optional.empty();
        return open(work, withHistory(roster), updates, ExtenderBook.Prepared.NOTHING);
    }

    private Opened open(
            WorkId work, List<RosterEntry> entries, Optional<FoldPlan> updates, ExtenderBook.Prepared prepared) {
        JournalRecord.RoundOpened record = new JournalRecord.RoundOpened(
                work.round(),
                work.attempt(),
                work.kind(),
                entries,
                updates.orElse(null),
                HexFormat.of().formatHex(model.base().digest()),
                clock.instant());
        write(record);
        return opened(record, prepared, false);
    }

    private List<RosterEntry> withHistory(List<RosterEntry> roster) {
        return roster.stream()
                .map(entry -> new RosterEntry(
                        entry.clientId(),
                        entry.clientName(),
                        entry.address(),
                        entry.samples(),
                        history.lastIncluded(entry.clientId())))
                .toList();
    }

    Opened reopen() {
        JournalRecord.RoundOpened record = history.opened().orElseThrow();
        foldPlan = Optional.ofNullable(record.plan());
        WorkId work = new WorkId(record.round(), record.attempt(), record.kind());
        ExtenderBook.Prepared prepared = extender.reopen(work);
        beginFold();
        extender.beginRound();
        return opened(record, prepared, true);
    }

    private void beginFold() {
        if (!masks()) {
            foldPlan.ifPresent(model::beginFold);
        }
    }

    /** Masked results are added up elsewhere. */
    private boolean masks() {
        return plan.job().method().secureAggregation().isPresent();
    }

    /** The fold of an asynchronous run's next model. @param widen the one before found its range too narrow */
    void beginBuffer(int size, boolean widen) {
        FoldPlan next = widen ? foldPlan.orElseThrow().widened() : newPlan(size, StalenessWeight.UNITS);
        foldPlan = Optional.of(next);
        model.beginFold(next);
    }

    /** The masking of the work that is open, for jobs that mask. */
    MaskingBook masking() {
        return masking;
    }

    Optional<Rejection> fold(Offer offer) {
        Path stage = offer.staged().stageFile().orElseThrow();
        try {
            extender.keep(offer);
        } catch (FaultException refused) {
            if (refused.fault() != Fault.UPDATE_MALFORMED) {
                throw refused;
            }
            return Optional.of(new Rejection(refused.fault(), refused.getMessage()));
        }
        Contribution contribution =
                new Contribution(offer.client(), model.algorithm().weighting().of(offer.weight()), offer.metrics());
        return model.fold(stage, foldPlan.orElseThrow(), contribution);
    }

    Optional<Rejection> foldStale(Offer offer, int staleness) {
        Path stage = offer.staged().stageFile().orElseThrow();
        long units = plan.buffer().orElseThrow().weight().units(staleness);
        return model.fold(stage, foldPlan.orElseThrow(), new Contribution(offer.client(), units, offer.metrics()));
    }

    /** Makes the model of the buffer; again without effect. */
    Optional<Rejection> stepBuffer(Set<String> clients) {
        return draft.isPresent() ? Optional.empty() : step(clients, Aggregate.NO_BITS, Optional.empty());
    }

    Optional<Rejection> aggregate(WorkId work, SortedMap<String, Counted> included) {
        write(new JournalRecord.RoundClosed(work.round(), work.attempt(), digests(included)));
        BitSource bits = PrivacyBook.bits(plan.key(), work, model.base().digest(), digests(included));
        try {
            Optional<Path> instead =
                    extender.end(work, included.keySet(), foldPlan.orElseThrow().aggregateSpecs());
            return step(included.keySet(), bits, instead);
        } catch (FaultException failed) {
            if (failed.fault() != Fault.EXTENDER_FAILED) {
                throw failed;
            }
            return Optional.of(new Rejection(failed.fault(), failed.getMessage()));
        }
    }

    private Optional<Rejection> step(Set<String> included, BitSource bits, Optional<Path> instead) {
        int participants = history.participants(included);
        draft = masking.sum()
                .map(sum -> model.step(foldPlan.orElseThrow(), sum))
                .orElseGet(() -> model.step(foldPlan.orElseThrow(), participants, bits, instead));
        return draft.isPresent()
                ? Optional.empty()
                : Optional.of(new Rejection(Fault.NON_FINITE, "the new model would not be finite"));
    }

    /** @param times as read when the commit began; what storing the model takes is added */
    RoundMetrics commit(WorkId work, SortedMap<String, Counted> included, RoundTally tally, PhaseTimes times) {
        return commit(work, included.values(), digests(included), null, tally, times);
    }

    /** The same for the model of a buffer. */
    RoundMetrics commitBuffer(WorkId work, List<Buffered> buffer, RoundTally tally, PhaseTimes times) {
        List<Counted> counted = buffer.stream().map(Buffered::counted).toList();
        List<JournalRecord.BufferedUpdate> updates = buffer.stream()
                .map(update -> new JournalRecord.BufferedUpdate(
                        update.work().round(),
                        update.work().attempt(),
                        update.client(),
                        update.counted().digest()))
                .toList();
        return commit(work, counted, Collections.emptySortedMap(), updates, tally, times);
    }

    private RoundMetrics commit(
            WorkId work,
            Collection<Counted> counted,
            SortedMap<String, String> included,
            List<JournalRecord.BufferedUpdate> buffered,
            RoundTally tally,
            PhaseTimes times) {
        GlobalModel.Draft next = draft.orElseThrow();
        Map<String, Double> train = measured(counted);
        privacy.ifPresent(_ -> train.clear());
        train.putAll(next.metrics());
        Path readBack = scratch.resolve("read-back");
        String name = journal.storeModel(work.round(), next.file(), next.digest(), readBack);
        CommittedState state = store(work, next.memory(), readBack);
        // Only the record itself, which holds them, is written after these are taken.
        ServerState after =
                new ServerState(new TensorSet(List.of()), next.memory().scalars());
        RoundMetrics metrics = metrics(work, RoundMetrics.COMMITTED, tally, train, times.until(clock.instant()), after);
        extender.commit(work);
        write(new JournalRecord.RoundCommitted(
                work.round(),
                work.attempt(),
                name,
                size(next.file()),
                HexFormat.of().formatHex(next.digest()),
                included,
                next.nextRanges(),
                metrics,
                state,
                buffered));
        model.believe(next);
        masking.end();
        draft = Optional.empty();
        journal.pruneTensors();
        extender.forgetRound();
        return metrics;
    }

    void noteFailedAttempt(WorkId work, String reason, SortedSet<String> failed, boolean widen) {
        write(new JournalRecord.AttemptFailed(work.round(), work.attempt(), reason, failed, widen));
    }

    RoundMetrics noteSkipped(WorkId work, String reason, RoundTally tally, PhaseTimes times) {
        RoundMetrics metrics = metrics(work, RoundMetrics.SKIPPED, tally, Map.of(), times, model.state());
        write(new JournalRecord.RoundSkipped(work.round(), reason, metrics));
        return metrics;
    }

    /** @return the evaluated round with its measurements; empty = the evaluation failed */
    Optional<RoundMetrics> noteEvaluation(WorkId work, SortedMap<String, Counted> included, Optional<String> failure) {
        SortedMap<String, Double> measured = failure.isPresent() ? new TreeMap<>() : measured(included.values());
        write(new JournalRecord.Evaluated(work.round(), measured, failure.orElse(null)));
        masking.end();
        if (failure.isPresent()) {
            return Optional.empty();
        }
        outputs.writeMetrics(directory(), successfulEvaluations());
        return evaluatedRounds().stream()
                .filter(metrics ->
                        metrics.round() == work.round() && metrics.state().equals(RoundMetrics.COMMITTED))
                .findFirst();
    }

    Map<String, Checkpoint> saveCheckpoint(int round) {
        String name = outputs.saveCheckpoint(
                directory(), round, template, model.base().tensors(), metricsOf(round));
        write(new JournalRecord.CheckpointSaved(round, name));
        return outputs.checkpoints();
    }

    void finish(RunState state, String reason) {
        outputs.writeMetrics(directory(), successfulEvaluations());
        write(new JournalRecord.RunFinished(state.name(), reason, clock.instant()));
    }

    /** Ends what the job's extender does. From any thread. */
    void stopExtender(String reason) {
        extender.stop(reason);
    }

    Map<String, Checkpoint> checkpoints() {
        return outputs.checkpoints();
    }

    /** All settled rounds with the measurements that are known. */
    List<RoundMetrics> evaluatedRounds() {
        return history.rounds().stream()
                .map(round -> round.state().equals(RoundMetrics.COMMITTED)
                        ? withEvaluation(round, metricsOf(round.round()))
                        : round)
                .toList();
    }

    private FoldPlan newPlan(int rosterSize, long weightCap) {
        RangeEstimate ranges = history.lastCommit()
                .map(JournalRecord.RoundCommitted::ranges)
                .orElseGet(() -> RangeEstimate.ofBase(model.base().tensors()));
        RangeEstimate expected = privacy.map(book -> book.ranges(ranges, model.specs(), model.state()))
                .orElse(ranges);
        FoldPlan fold = model.algorithm().plan(model.specs(), expected, rosterSize, weightCap);
        for (int i = 0; i < history.widenings(); i++) {
            fold = fold.widened();
        }
        return fold;
    }

    /** With privacy a client has no samples to tell. */
    private long trainCap(List<RosterEntry> roster) {
        return privacy.isPresent() ? 1 : weightCap(roster);
    }

    /** Largest number of samples of one client, by what the roster says of its datasets. */
    private static long weightCap(List<RosterEntry> roster) {
        long cap = FoldPlan.EXACT_WEIGHT_CAP;
        for (RosterEntry entry : roster) {
            while (cap < entry.samples()) {
                cap <<= 1;
            }
        }
        return cap;
    }

    private CommittedState store(WorkId work, Memory.Draft memory, Path readBack) {
        String name = memory.file()
                .map(file -> journal.storeState(work.round(), file, memory.sha256(), readBack))
                .orElse(null);
        return new CommittedState(name, HexFormat.of().formatHex(memory.sha256()), memory.scalars());
    }

    /** Where clients mask, what they measured comes with the sum. */
    private SortedMap<String, Double> measured(Collection<Counted> counted) {
        return masking.sum().map(MaskedSum::metrics).orElseGet(() -> EvaluationMerge.merge(counted));
    }

    private Opened opened(JournalRecord.RoundOpened record, ExtenderBook.Prepared prepared, boolean reopened) {
        GlobalModel.Base base = model.base();
        if (!HexFormat.of().formatHex(base.digest()).equals(record.baseDigest())) {
            throw new FaultException(
                    Fault.JOURNAL_DAMAGED,
                    "Round " + record.round() + " was opened on another model than the journal holds.");
        }
        Map<String, RosterEntry> roster =
                record.roster().stream().collect(Collectors.toMap(RosterEntry::clientId, entry -> entry));
        OpenWork work = new OpenWork(
                plan.ref(),
                record.round(),
                record.attempt(),
                record.kind(),
                roster,
                base.tensors(),
                base.digest(),
                Optional.ofNullable(record.plan()),
                record.kind() == TaskKind.TASK_KIND_TRAIN ? trainCap(record.roster()) : weightCap(record.roster()),
                privacy.map(book -> book.normBound(model.state())).orElse(Double.POSITIVE_INFINITY),
                model.algorithm().metrics(),
                // The time that a coordinator was down is not the clients' fault: reopened work has its whole time
                // again.
                clock.instant().plus(plan.rules().roundTimeout()),
                reopened,
                masks()
                        ? Optional.of(MaskedResults.layout(
                                foldPlan, record.roster(), model.algorithm().weighting()))
                        : Optional.empty());
        // Before the first commit it is what every client begins with.
        Optional<Path> memory = record.kind() == TaskKind.TASK_KIND_TRAIN
                ? history.lastCommit().flatMap(_ -> model.shownMemory())
                : Optional.empty();
        List<ArtifactFile> files = new ArrayList<>(artifacts.with(base.file(), memory));
        files.addAll(prepared.files());
        return new Opened(work, files, prepared.params());
    }

    private void write(JournalRecord record) {
        journal.append(record);
        history.add(record);
        privacy.ifPresent(book -> book.count(history));
    }

    private String directory() {
        return history.started().orElseThrow().outputDirectory();
    }

    private List<JournalRecord.Evaluated> successfulEvaluations() {
        return history.evaluations().stream()
                .filter(evaluation -> evaluation.failure() == null)
                .toList();
    }

    private Map<String, Double> metricsOf(int round) {
        return successfulEvaluations().stream()
                .filter(evaluation -> evaluation.round() == round)
                .findFirst()
                .<Map<String, Double>>map(JournalRecord.Evaluated::metrics)
                .orElse(Map.of());
    }

    private RoundMetrics metrics(
            WorkId work,
            String state,
            RoundTally tally,
            Map<String, Double> train,
            PhaseTimes times,
            ServerState after) {
        return new RoundMetrics(
                plan.ref().getRun(),
                work.round(),
                work.attempt(),
                state,
                tally.selected(),
                tally.included(),
                tally.failed(),
                train,
                Map.of(),
                times.seconds(),
                times.millis(),
                privacy.map(book -> book.spent(model.state(), after)).orElse(null));
    }

    private static RoundMetrics withEvaluation(RoundMetrics round, Map<String, Double> evaluate) {
        return new RoundMetrics(
                round.run(),
                round.round(),
                round.attempt(),
                round.state(),
                round.selected(),
                round.included(),
                round.failed(),
                round.train(),
                evaluate,
                round.seconds(),
                round.phaseMillis(),
                round.privacy());
    }

    private static SortedMap<String, String> digests(SortedMap<String, Counted> included) {
        SortedMap<String, String> digests = new TreeMap<>();
        included.forEach((client, counted) -> digests.put(client, counted.digest()));
        return digests;
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException failed) {
            throw new FaultException(
                    Fault.STORAGE_UNAVAILABLE, "Cannot read " + file + ": " + failed.getMessage() + ".", failed);
        }
    }
}
