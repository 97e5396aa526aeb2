package io.nsfl.coordinator.run;

import io.nsfl.coordinator.checkpoint.JournalRecord;
import io.nsfl.coordinator.checkpoint.JournalRecord.CommittedState;
import io.nsfl.coordinator.checkpoint.RunOutputs;
import io.nsfl.coordinator.masking.MaskedSum;
import io.nsfl.coordinator.round.Buffered;
import io.nsfl.coordinator.round.Counted;
import io.nsfl.coordinator.round.EvaluationMerge;
import io.nsfl.coordinator.round.Rejection;
import io.nsfl.coordinator.round.RosterEntry;
import io.nsfl.coordinator.round.RoundEvent.Offer;
import io.nsfl.coordinator.round.RoundTally;
import io.nsfl.coordinator.round.RunState;
import io.nsfl.coordinator.round.WorkId;
import io.nsfl.federation.aggregate.Aggregate;
import io.nsfl.federation.aggregate.Contribution;
import io.nsfl.federation.aggregate.FoldPlan;
import io.nsfl.federation.bits.BitSource;
import io.nsfl.federation.state.ServerState;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.modelformats.ModelFile;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.job.Heartbeat.Checkpoint;
import io.nsfl.protocol.job.RoundMetrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
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

/**
 * The durable side of a run: every method writes its record before it returns, and what it returns may be believed. One thread at a
 * time: the run's disk lane.
 */
final class RunBook {
    private final RunPlan plan;
    private final RunRecords records;
    private final RunOutputs outputs;
    private final GlobalModel model;
    private final ModelFile template;
    private final ModelDeltas deltas;
    private final ExtenderBook extender;
    private final Path scratch;
    private final InstantSource clock;
    private final MaskingBook masking;
    private final FoldPlanning folds;
    private final WorkOpening opening;
    private final RoundMeasurements measurements;
    private Optional<FoldPlan> foldPlan = Optional.empty();
    private Optional<GlobalModel.Draft> draft = Optional.empty();

    RunBook(
            RunPlan plan,
            RunRecords records,
            RunOutputs outputs,
            GlobalModel model,
            ModelFile template,
            RunArtifacts artifacts,
            ModelDeltas deltas,
            ExtenderBook extender,
            Path scratch,
            InstantSource clock) {
        this.plan = plan;
        this.records = records;
        this.outputs = outputs;
        this.model = model;
        this.template = template;
        this.deltas = deltas;
        this.extender = extender;
        this.scratch = scratch;
        this.clock = clock;
        this.masking = new MaskingBook(records::write);
        this.folds = new FoldPlanning(records, model);
        this.opening = new WorkOpening(plan, records, model, folds, artifacts, extender, clock);
        this.measurements = new RoundMeasurements(plan.ref().getRun(), records);
    }

    /** Why no other attempt may begin; empty = one may. From any thread. */
    Optional<String> refusesAnother() {
        return records.privacy().flatMap(PrivacyBook::refusesAnother);
    }

    /** @throws FaultException EXTENDER_FAILED the job's extender has nothing for the clients */
    WorkOpening.Opened open(WorkId work, List<RosterEntry> roster) {
        return begin(opening.open(work, roster));
    }

    /** Work of an asynchronous run: what is open and folded stays. */
    WorkOpening.Opened openBeside(WorkId work, List<RosterEntry> roster) {
        return opening.openBeside(work, roster, foldPlan);
    }

    WorkOpening.Opened reopen() {
        return begin(opening.reopen());
    }

    private WorkOpening.Opened begin(WorkOpening.Opened opened) {
        foldPlan = opened.work().plan();
        if (!plan.masks()) {
            foldPlan.ifPresent(model::beginFold);
        }
        extender.beginRound();
        return opened;
    }

    /** The fold of an asynchronous run's next model. @param widen the one before found its range too narrow */
    void beginBuffer(int size, boolean widen) {
        FoldPlan next = widen ? foldPlan.orElseThrow().widened() : folds.forBuffer(size);
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
        records.write(new JournalRecord.RoundClosed(work.round(), work.attempt(), digests(included)));
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
        int participants = records.history().participants(included);
        draft = masking.sum()
                .map(sum -> model.step(foldPlan.orElseThrow(), sum, bits))
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
        // Beside the storing of the model, which takes long where the model is large.
        deltas.begin(work, model.kept(), next.file(), next.digest());
        Map<String, Double> train = measured(counted);
        records.privacy().ifPresent(_ -> train.clear());
        train.putAll(next.metrics());
        Path readBack = scratch.resolve("read-back");
        String name = records.journal().storeModel(work.round(), next.file(), next.digest(), readBack);
        CommittedState state = store(work, next.memory(), readBack);
        // Only the record itself, which holds them, is written after these are taken.
        ServerState after =
                new ServerState(new TensorSet(List.of()), next.memory().scalars());
        RoundMetrics metrics = measurements.settled(
                work, RoundMetrics.COMMITTED, tally, train, times.until(clock.instant()), model.state(), after);
        extender.commit(work);
        records.write(new JournalRecord.RoundCommitted(
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
        deltas.retain(model.kept());
        masking.end();
        draft = Optional.empty();
        records.journal().pruneTensors();
        extender.forgetRound();
        return metrics;
    }

    void noteFailedAttempt(WorkId work, String reason, SortedSet<String> failed, boolean widen) {
        records.write(new JournalRecord.AttemptFailed(work.round(), work.attempt(), reason, failed, widen));
    }

    RoundMetrics noteSkipped(WorkId work, String reason, RoundTally tally, PhaseTimes times) {
        RoundMetrics metrics =
                measurements.settled(work, RoundMetrics.SKIPPED, tally, Map.of(), times, model.state(), model.state());
        records.write(new JournalRecord.RoundSkipped(work.round(), reason, metrics));
        return metrics;
    }

    /** @return the evaluated round with its measurements; empty = the evaluation failed */
    Optional<RoundMetrics> noteEvaluation(WorkId work, SortedMap<String, Counted> included, Optional<String> failure) {
        SortedMap<String, Double> measured = failure.isPresent() ? new TreeMap<>() : measured(included.values());
        records.write(new JournalRecord.Evaluated(work.round(), measured, failure.orElse(null)));
        masking.end();
        if (failure.isPresent()) {
            return Optional.empty();
        }
        outputs.writeMetrics(directory(), measurements.evaluations());
        return measurements.committed(work.round());
    }

    Map<String, Checkpoint> saveCheckpoint(int round) {
        String name = outputs.saveCheckpoint(
                directory(), round, template, model.base().tensors(), measurements.ofModel(round));
        records.write(new JournalRecord.CheckpointSaved(round, name));
        return outputs.checkpoints();
    }

    void finish(RunState state, String reason) {
        outputs.writeMetrics(directory(), measurements.evaluations());
        records.write(new JournalRecord.RunFinished(state.name(), reason, clock.instant()));
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
        return measurements.rounds();
    }

    private CommittedState store(WorkId work, Memory.Draft memory, Path readBack) {
        String name = memory.file()
                .map(file -> records.journal().storeState(work.round(), file, memory.sha256(), readBack))
                .orElse(null);
        return new CommittedState(name, HexFormat.of().formatHex(memory.sha256()), memory.scalars());
    }

    /** Where clients mask, what they measured comes with the sum. */
    private SortedMap<String, Double> measured(Collection<Counted> counted) {
        return masking.sum().map(MaskedSum::metrics).orElseGet(() -> EvaluationMerge.merge(counted));
    }

    private String directory() {
        return records.history().started().orElseThrow().outputDirectory();
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
