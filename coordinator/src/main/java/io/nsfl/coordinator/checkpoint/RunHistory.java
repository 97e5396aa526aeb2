package io.nsfl.coordinator.checkpoint;

import io.nsfl.coordinator.checkpoint.JournalRecord.AttemptFailed;
import io.nsfl.coordinator.checkpoint.JournalRecord.Broadcast;
import io.nsfl.coordinator.checkpoint.JournalRecord.CheckpointSaved;
import io.nsfl.coordinator.checkpoint.JournalRecord.Evaluated;
import io.nsfl.coordinator.checkpoint.JournalRecord.ExtenderState;
import io.nsfl.coordinator.checkpoint.JournalRecord.Launched;
import io.nsfl.coordinator.checkpoint.JournalRecord.MaskingOpened;
import io.nsfl.coordinator.checkpoint.JournalRecord.MaskingReleased;
import io.nsfl.coordinator.checkpoint.JournalRecord.RoundClosed;
import io.nsfl.coordinator.checkpoint.JournalRecord.RoundCommitted;
import io.nsfl.coordinator.checkpoint.JournalRecord.RoundOpened;
import io.nsfl.coordinator.checkpoint.JournalRecord.RoundSkipped;
import io.nsfl.coordinator.checkpoint.JournalRecord.RunFinished;
import io.nsfl.coordinator.checkpoint.JournalRecord.RunStarted;
import io.nsfl.coordinator.round.BufferRules;
import io.nsfl.coordinator.round.Buffering;
import io.nsfl.coordinator.round.Course;
import io.nsfl.coordinator.round.Improvement;
import io.nsfl.coordinator.round.Opening;
import io.nsfl.coordinator.round.RosterEntry.IncludedAt;
import io.nsfl.coordinator.round.RoundRules;
import io.nsfl.coordinator.round.Selecting;
import io.nsfl.coordinator.round.Step;
import io.nsfl.coordinator.round.Turn;
import io.nsfl.coordinator.round.WorkId;
import io.nsfl.protocol.job.EarlyStop;
import io.nsfl.protocol.job.RoundMetrics;
import io.nsfl.protocol.v1.TaskKind;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** What the journal's records come to: where the run stands and how it goes on. Grows record by record with the run. One thread. */
public final class RunHistory {
    private RunStarted started;
    private Broadcast broadcast;
    private ExtenderState pendingExtenderState;
    private ExtenderState extenderState;
    private RoundOpened opened;
    private RoundClosed closed;
    private int maskingSession;
    private boolean maskingReleased;
    private AttemptFailed failedAttempt;
    private RoundCommitted lastCommit;
    private RunFinished finished;
    private int widenings;
    private int skippedCount;
    private int skippedInARow;
    private int committedCount;
    private int highestRound;
    private int highestAttempt;
    private int evaluatedRound;
    private int savedRound;
    private String lastFailure = "";
    private final List<RoundMetrics> rounds = new ArrayList<>();
    private final List<Evaluated> evaluations = new ArrayList<>();
    private final Map<String, IncludedAt> lastIncluded = new HashMap<>();

    /** Clients by their numbers: one bit each, for a run may have a million updates. */
    private final Map<WorkId, BitSet> included = new HashMap<>();

    private final Map<String, Integer> clientNumbers = new HashMap<>();

    /** By their digests: the sets themselves, over many rounds of many clients, would be larger than a model. */
    private final Set<ByteBuffer> closedSets = new HashSet<>();

    private final Set<MaskingReleased> releasedSums = new HashSet<>();
    private final Map<String, Integer> asked = new HashMap<>();

    public static RunHistory of(List<JournalRecord> records) {
        RunHistory history = new RunHistory();
        records.forEach(history::add);
        return history;
    }

    public void add(JournalRecord record) {
        switch (record) {
            case RunStarted value -> started = value;
            case Launched _ -> {}
            case Broadcast value -> broadcast = value;
            case RoundOpened value -> opened(value);
            case MaskingOpened value -> maskingSession = value.session();
            case MaskingReleased value -> {
                maskingReleased = true;
                if (value.kind() == TaskKind.TASK_KIND_TRAIN) {
                    releasedSums.add(value);
                }
            }
            case RoundClosed value -> {
                closed = value;
                closedSets.add(ByteBuffer.wrap(Digests.sha256(RecordJson.write(value))));
            }
            case ExtenderState value -> pendingExtenderState = value;
            case RoundCommitted value -> committed(value);
            case AttemptFailed value -> {
                failedAttempt = value;
                widenings += value.widen() ? 1 : 0;
                opened = null;
                closed = null;
            }
            case RoundSkipped value -> skipped(value);
            case Evaluated value -> {
                evaluations.removeIf(earlier -> earlier.round() == value.round());
                evaluations.add(value);
                evaluatedRound = value.round();
                opened = null;
            }
            case CheckpointSaved value -> savedRound = value.round();
            case RunFinished value -> finished = value;
        }
    }

    public Optional<RunStarted> started() {
        return Optional.ofNullable(started);
    }

    public Optional<RunFinished> finished() {
        return Optional.ofNullable(finished);
    }

    public Optional<RoundCommitted> lastCommit() {
        return Optional.ofNullable(lastCommit);
    }

    /** The work that is open, or was when the coordinator died. */
    public Optional<RoundOpened> opened() {
        return Optional.ofNullable(opened);
    }

    /** What the job's extender gave the clients of some work. */
    public Optional<Broadcast> broadcast(WorkId work) {
        return Optional.ofNullable(broadcast)
                .filter(given -> new WorkId(given.round(), given.attempt(), given.kind()).equals(work));
    }

    /** What it gave last. */
    public Optional<Broadcast> lastBroadcast() {
        return Optional.ofNullable(broadcast);
    }

    /** What the job's extender left in the last committed round in which it was called. */
    public Optional<ExtenderState> extenderState() {
        return Optional.ofNullable(extenderState);
    }

    /** How often attempts of the round being played found their fold's range too narrow. */
    public int widenings() {
        return widenings;
    }

    public List<RoundMetrics> rounds() {
        return List.copyOf(rounds);
    }

    public List<Evaluated> evaluations() {
        return List.copyOf(evaluations);
    }

    /** How many different clients were ever counted in this run, with these. */
    public int participants(Set<String> more) {
        Set<String> all = new HashSet<>(lastIncluded.keySet());
        all.addAll(more);
        return all.size();
    }

    public Optional<IncludedAt> lastIncluded(String client) {
        return Optional.ofNullable(lastIncluded.get(client));
    }

    /** Whether a committed round counted this client's update. */
    public boolean included(WorkId work, String client) {
        Integer number = clientNumbers.get(client);
        return number != null && included.getOrDefault(work, new BitSet()).get(number);
    }

    /** How many different sets of updates were closed: what was made of each may have been seen. */
    public int closedSets() {
        return closedSets.size();
    }

    /** How many masked sums of updates may have been seen: the clients were asked for what takes the masks off. */
    public int releasedSums() {
        return releasedSums.size();
    }

    /** How often the client was asked to train that was asked most, every attempt counted. */
    public int mostAsked() {
        return asked.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    }

    public Course course(RoundRules rules) {
        return new Course(
                rules,
                highestRound,
                lastCommit == null ? 0 : lastCommit.round(),
                committedCount,
                evaluatedRound,
                savedRound,
                skippedCount,
                skippedInARow,
                lastFailure,
                false,
                rules.earlyStop().map(this::improvement).orElse(Improvement.NONE),
                Optional.empty(),
                Collections.emptySortedMap());
    }

    private Improvement improvement(EarlyStop rule) {
        Improvement improvement = Improvement.NONE;
        for (Evaluated evaluation : evaluations) {
            if (evaluation.failure() == null) {
                improvement = improvement.after(rule, evaluation.round(), evaluation.metrics());
            }
        }
        return improvement;
    }

    /** How the run goes on: with its open work, with the next attempt, or with what comes after the last thing that ended. */
    public Step resume(RoundRules rules, Instant now) {
        Course course = course(rules);
        if (opened != null) {
            WorkId work = new WorkId(opened.round(), opened.attempt(), opened.kind());
            if (maskingReleased) {
                return Opening.released(course, work, opened.roster(), now);
            }
            Optional<SortedSet<String>> only = Optional.ofNullable(closed)
                    .map(set -> new TreeSet<>(set.included().keySet()));
            return Opening.resume(course, work, opened.roster(), only, maskingSession);
        }
        if (failedAttempt != null) {
            WorkId work = new WorkId(failedAttempt.round(), failedAttempt.attempt(), TaskKind.TASK_KIND_TRAIN);
            return Selecting.begin(course, work.nextAttempt(), failedAttempt.failed(), now);
        }
        return Turn.next(course, now);
    }

    /**
     * How an asynchronous run goes on: with the model after the last one that was settled. What was under way is asked for anew, under
     * numbers that no wave has had.
     */
    public Step resume(RoundRules rules, BufferRules buffer, Instant now) {
        int settled = rounds.isEmpty() ? 0 : rounds.getLast().round();
        int nextAttempt = highestRound > settled ? highestAttempt + 1 : 1;
        return Buffering.begin(course(rules).inRound(settled), buffer, nextAttempt, highestRound > 0, now);
    }

    private void opened(RoundOpened value) {
        if (value.kind() == TaskKind.TASK_KIND_TRAIN) {
            highestAttempt = value.round() > highestRound ? value.attempt() : Math.max(highestAttempt, value.attempt());
        }
        opened = value;
        maskingSession = 0;
        maskingReleased = false;
        closed = null;
        failedAttempt = null;
        highestRound = Math.max(highestRound, value.round());
        if (value.kind() == TaskKind.TASK_KIND_TRAIN) {
            value.roster().forEach(entry -> asked.merge(entry.clientId(), 1, Integer::sum));
        }
    }

    private void committed(RoundCommitted value) {
        widenings = 0;
        lastCommit = value;
        committedCount++;
        skippedInARow = 0;
        highestRound = value.round();
        opened = null;
        closed = null;
        if (pendingExtenderState != null
                && pendingExtenderState.round() == value.round()
                && pendingExtenderState.attempt() == value.attempt()) {
            extenderState = pendingExtenderState;
        }
        rounds.add(value.metrics());
        value.included().keySet().forEach(client -> included(value.round(), value.attempt(), client));
        if (value.buffered() != null) {
            value.buffered().forEach(update -> included(update.round(), update.attempt(), update.client()));
        }
    }

    private void included(int round, int attempt, String client) {
        WorkId work = new WorkId(round, attempt, TaskKind.TASK_KIND_TRAIN);
        int number = clientNumbers.computeIfAbsent(client, _ -> clientNumbers.size());
        included.computeIfAbsent(work, _ -> new BitSet()).set(number);
        lastIncluded.put(client, new IncludedAt(round, attempt));
    }

    private void skipped(RoundSkipped value) {
        widenings = 0;
        skippedCount++;
        skippedInARow++;
        lastFailure = value.reason();
        highestRound = Math.max(highestRound, value.round());
        failedAttempt = null;
        opened = null;
        closed = null;
        rounds.add(value.metrics());
    }
}
