package io.nsfl.coordinator.run;

import io.nsfl.coordinator.checkpoint.JournalRecord.RoundOpened;
import io.nsfl.coordinator.masking.MaskedResults;
import io.nsfl.coordinator.round.ArtifactFile;
import io.nsfl.coordinator.round.MaskedLayout;
import io.nsfl.coordinator.round.OpenWork;
import io.nsfl.coordinator.round.RosterEntry;
import io.nsfl.coordinator.round.WorkId;
import io.nsfl.federation.aggregate.FoldPlan;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.TaskKind;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Opens work for clients: whom it is for, how their updates are folded and what they start from is durable before a client may see it. The
 * same record opens it again after a restart, with the same plan.
 */
final class WorkOpening {
    private final RunPlan plan;
    private final RunRecords records;
    private final GlobalModel model;
    private final FoldPlanning folds;
    private final RunArtifacts artifacts;
    private final ExtenderBook extender;
    private final InstantSource clock;

    WorkOpening(
            RunPlan plan,
            RunRecords records,
            GlobalModel model,
            FoldPlanning folds,
            RunArtifacts artifacts,
            ExtenderBook extender,
            InstantSource clock) {
        this.plan = plan;
        this.records = records;
        this.model = model;
        this.folds = folds;
        this.artifacts = artifacts;
        this.extender = extender;
        this.clock = clock;
    }

    /**
     * What clients may see of opened work.
     *
     * @param preparedParams of the job's extender as JSON, or empty
     */
    record Opened(OpenWork work, List<ArtifactFile> files, String preparedParams) {}

    /** @throws FaultException EXTENDER_FAILED the job's extender has nothing for the clients */
    Opened open(WorkId work, List<RosterEntry> roster) {
        ExtenderBook.Prepared prepared = extender.open(work, artifacts.names());
        Optional<FoldPlan> updates = work.trains() ? Optional.of(folds.forRound(roster)) : Optional.empty();
        return opened(journalled(work, roster, updates), prepared, false);
    }

    /** Work of an asynchronous run, whose updates go into a fold that others use too. */
    Opened openBeside(WorkId work, List<RosterEntry> roster, Optional<FoldPlan> fold) {
        Optional<FoldPlan> updates = work.trains() ? fold : Optional.empty();
        return opened(journalled(work, roster, updates), ExtenderBook.Prepared.NOTHING, false);
    }

    /** The work that was open when the coordinator died. */
    Opened reopen() {
        RoundOpened record = records.history().opened().orElseThrow();
        WorkId work = new WorkId(record.round(), record.attempt(), record.kind());
        return opened(record, extender.reopen(work), true);
    }

    private RoundOpened journalled(WorkId work, List<RosterEntry> roster, Optional<FoldPlan> updates) {
        RoundOpened record = new RoundOpened(
                work.round(),
                work.attempt(),
                work.kind(),
                withHistory(roster),
                updates.orElse(null),
                HexFormat.of().formatHex(model.base().digest()),
                clock.instant());
        records.write(record);
        return record;
    }

    private List<RosterEntry> withHistory(List<RosterEntry> roster) {
        return roster.stream()
                .map(entry -> new RosterEntry(
                        entry.clientId(),
                        entry.clientName(),
                        entry.address(),
                        entry.samples(),
                        records.history().lastIncluded(entry.clientId())))
                .toList();
    }

    private Opened opened(RoundOpened record, ExtenderBook.Prepared prepared, boolean reopened) {
        GlobalModel.Base base = model.base();
        if (!HexFormat.of().formatHex(base.digest()).equals(record.baseDigest())) {
            throw new FaultException(
                    Fault.JOURNAL_DAMAGED,
                    "Round " + record.round() + " was opened on another model than the journal holds.");
        }
        Map<String, RosterEntry> roster =
                record.roster().stream().collect(Collectors.toMap(RosterEntry::clientId, entry -> entry));
        Optional<FoldPlan> updates = Optional.ofNullable(record.plan());
        OpenWork work = new OpenWork(
                plan.ref(),
                record.round(),
                record.attempt(),
                record.kind(),
                roster,
                base.tensors(),
                base.digest(),
                updates,
                folds.weightCap(record.kind(), record.roster()),
                records.privacy().map(book -> book.normBound(model.state())).orElse(Double.POSITIVE_INFINITY),
                model.algorithm().metrics(),
                // The time that a coordinator was down is not the clients' fault: reopened work has its whole time
                // again.
                clock.instant().plus(plan.rules().roundTimeout()),
                reopened,
                masked(updates, record.roster()));
        return new Opened(work, files(record.kind(), base, prepared), prepared.params());
    }

    /** How results are laid out to be masked; empty = the job does not mask. */
    private Optional<MaskedLayout> masked(Optional<FoldPlan> updates, List<RosterEntry> roster) {
        return plan.rules()
                .masking()
                .map(rules -> updates.flatMap(fold -> records.privacy()
                                .map(book -> MaskedResults.layout(
                                        fold,
                                        roster,
                                        book.normBound(model.state()),
                                        book.sharedMultiplier(),
                                        book.counted(),
                                        rules)))
                        .orElseGet(() -> MaskedResults.layout(
                                updates, roster, model.algorithm().weighting(), rules)));
    }

    private List<ArtifactFile> files(TaskKind kind, GlobalModel.Base base, ExtenderBook.Prepared prepared) {
        // Before the first commit it is what every client begins with.
        Optional<Path> memory = kind == TaskKind.TASK_KIND_TRAIN
                ? records.history().lastCommit().flatMap(_ -> model.shownMemory())
                : Optional.empty();
        List<ArtifactFile> files = new ArrayList<>(artifacts.with(base.file(), memory));
        files.addAll(prepared.files());
        return files;
    }
}
