package io.nsfl.coordinator.checkpoint;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.RunKey;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;

/**
 * What a run remembers, as numbered immutable records. The highest complete record counts; what an interrupted write left after it is
 * written over. A record that is damaged while later ones are whole is no interrupted write: JOURNAL_DAMAGED.
 *
 * <p>File names carry the epoch of their writer. Of two records with one number the higher epoch counts, and records of an epoch lower
 * than the one before them do not: a coordinator that lost its run can go on writing and harms nobody. One thread at a time.
 */
public final class Journal {
    private static final Pattern NAME = Pattern.compile("(\\d{10})-e(\\d{1,18})\\.rec");
    private static final Pattern ARCHIVE = Pattern.compile("[a-z-]+-\\d{6}-e(\\d{1,18})\\.zip");
    private static final Pattern TENSORS = Pattern.compile("(?:model|state)-\\d{6}-e(\\d{1,18})\\.safetensors");

    /** Models of so many rounds stay: the last one, and the one before for whoever still reads it. */
    private static final int MODELS_KEPT = 2;

    private final RecordFiles files;
    private final RunKey key;
    private final long epoch;
    private final List<JournalRecord> found = new ArrayList<>();

    /** The last ones, oldest first: their models are kept. */
    private final Deque<JournalRecord.RoundCommitted> commits = new ArrayDeque<>();

    private byte[] last = RecordEnvelope.FIRST;
    private long next = 1;

    private Journal(RecordFiles files, RunKey key, long epoch) {
        this.files = files;
        this.key = key;
        this.epoch = epoch;
    }

    /**
     * Reads what is there.
     *
     * @param epoch of this coordinator
     * @throws FaultException STALE_RUN a higher epoch has written; JOURNAL_DAMAGED; STORAGE_UNAVAILABLE
     */
    public static Journal open(RecordFiles files, RunKey key, long epoch) {
        Journal journal = new Journal(files, key, epoch);
        journal.load();
        return journal;
    }

    /** Highest epoch that has written here; 0 = none. */
    public static long highestEpoch(RecordFiles files) {
        return names(files).values().stream()
                .flatMap(epochs -> epochs.keySet().stream())
                .max(Long::compare)
                .orElse(0L);
    }

    /** Everything that counted when the journal was opened, oldest first. What is written since is not kept in memory. */
    public List<JournalRecord> records() {
        return List.copyOf(found);
    }

    /**
     * Makes a record durable: written, forced, read back, compared.
     *
     * @throws FaultException STALE_RUN another coordinator has taken the run over; STORAGE_UNAVAILABLE
     */
    public void append(JournalRecord record) {
        RecordEnvelope envelope = RecordEnvelope.seal(next, epoch, RecordJson.write(record), key, last);
        byte[] content = envelope.bytes();
        String name = "%010d-e%d.rec".formatted(next, epoch);
        files.write(name, content);
        if (!Arrays.equals(files.read(name, content.length + 1), content)) {
            throw new FaultException(
                    Fault.STORAGE_UNAVAILABLE, "Journal record " + name + " reads back other than it was written.");
        }
        refuseIfSuperseded();
        note(record);
        last = envelope.mac();
        next++;
    }

    private void note(JournalRecord record) {
        if (record instanceof JournalRecord.RoundCommitted commit) {
            commits.addLast(commit);
            if (commits.size() > MODELS_KEPT) {
                commits.removeFirst();
            }
        }
    }

    /**
     * Puts a model beside the records, so that a record can name it.
     *
     * @param sha256 of the source
     * @return its name
     */
    public String storeModel(int round, Path source, byte[] sha256, Path scratch) {
        return store("model", round, source, sha256, scratch);
    }

    /** The same for the tensors that the algorithm remembers. */
    public String storeState(int round, Path source, byte[] sha256, Path scratch) {
        return store("state", round, source, sha256, scratch);
    }

    /**
     * Puts an archive of the job's extender beside the records, so that a record can name it.
     *
     * @param what of small letters and dashes
     */
    public String storeArchive(String what, int round, Path source, Path scratch) {
        String name = "%s-%06d-e%d.zip".formatted(what, round, epoch);
        return store(name, source, Digests.sha256(source), scratch);
    }

    /** @throws FaultException JOURNAL_DAMAGED it is not what was stored */
    public void fetchArchive(String name, String sha256, int round, Path target) {
        fetch(name, sha256, round, target);
    }

    private String store(String what, int round, Path source, byte[] sha256, Path scratch) {
        return store("%s-%06d-e%d.safetensors".formatted(what, round, epoch), source, sha256, scratch);
    }

    private String store(String name, Path source, byte[] sha256, Path scratch) {
        files.store(name, source);
        files.fetch(name, scratch);
        if (!Arrays.equals(Digests.sha256(scratch), sha256)) {
            throw new FaultException(
                    Fault.STORAGE_UNAVAILABLE, "Journal file " + name + " reads back other than it was written.");
        }
        return name;
    }

    /** @throws FaultException JOURNAL_DAMAGED the model is not the one that was committed */
    public void fetchModel(JournalRecord.RoundCommitted commit, Path target) {
        fetch(commit.model(), commit.modelSha256(), commit.round(), target);
    }

    /**
     * The tensors that the algorithm remembers; false = it has none.
     *
     * @throws FaultException JOURNAL_DAMAGED they are not those that were committed
     */
    public boolean fetchState(JournalRecord.RoundCommitted commit, Path target) {
        if (commit.state().file() == null) {
            return false;
        }
        fetch(commit.state().file(), commit.state().sha256(), commit.round(), target);
        return true;
    }

    private void fetch(String name, String sha256, int round, Path target) {
        files.fetch(name, target);
        if (!HexFormat.of().formatHex(Digests.sha256(target)).equals(sha256)) {
            throw new FaultException(
                    Fault.JOURNAL_DAMAGED,
                    "Journal file " + name + " is not what round " + round
                            + " committed; start the job anew, from a checkpoint if there is one.");
        }
    }

    /** Deletes the models and states of this and earlier epochs but for the last two that were committed. */
    public void pruneTensors() {
        Set<String> keep = new HashSet<>();
        for (JournalRecord.RoundCommitted commit : commits) {
            keep.add(commit.model());
            if (commit.state().file() != null) {
                keep.add(commit.state().file());
            }
        }
        for (String name : files.list()) {
            Matcher tensors = TENSORS.matcher(name);
            if (tensors.matches() && Long.parseLong(tensors.group(1)) <= epoch && !keep.contains(name)) {
                files.delete(name);
            }
        }
    }

    /** Deletes the archives of this and earlier epochs but for these. */
    public void pruneArchives(Set<String> keep) {
        for (String name : files.list()) {
            Matcher archive = ARCHIVE.matcher(name);
            if (archive.matches() && Long.parseLong(archive.group(1)) <= epoch && !keep.contains(name)) {
                files.delete(name);
            }
        }
    }

    private void load() {
        refuseIfSuperseded();
        TreeMap<Long, TreeMap<Long, String>> names = names(files);
        long reached = 0;
        while (names.containsKey(next)) {
            Optional<RecordEnvelope> whole = best(names.get(next), reached);
            if (whole.isEmpty()) {
                break;
            }
            JournalRecord record = decode(whole.get());
            found.add(record);
            note(record);
            last = whole.get().mac();
            reached = whole.get().epoch();
            next++;
        }
        refuseDamagedMiddle(names, reached);
    }

    private Optional<RecordEnvelope> best(TreeMap<Long, String> candidates, long lowestEpoch) {
        for (var candidate : candidates.descendingMap().entrySet()) {
            if (candidate.getKey() >= lowestEpoch) {
                Optional<RecordEnvelope> whole = read(next, candidate.getKey(), candidate.getValue())
                        .filter(envelope -> envelope.follows(last, key));
                if (whole.isPresent()) {
                    return whole;
                }
            }
        }
        return Optional.empty();
    }

    private Optional<RecordEnvelope> read(long number, long writer, String name) {
        return RecordEnvelope.parse(files.read(name, RecordEnvelope.MAX_BYTES), number, writer);
    }

    /** A whole record of a later number proves that the one missing here was whole once. */
    private void refuseDamagedMiddle(TreeMap<Long, TreeMap<Long, String>> names, long reached) {
        names.tailMap(next, false)
                .forEach((number, candidates) -> candidates.forEach((writer, name) -> {
                    if (writer >= reached && read(number, writer, name).isPresent()) {
                        throw new FaultException(
                                Fault.JOURNAL_DAMAGED,
                                "Journal record %d is damaged or not this run's, and record %d after it is whole; start the job anew, from a checkpoint if there is one."
                                        .formatted(next, number));
                    }
                }));
    }

    private JournalRecord decode(RecordEnvelope envelope) {
        try {
            return RecordJson.read(envelope.body());
        } catch (JacksonException | NullPointerException unknown) {
            throw new FaultException(
                    Fault.JOURNAL_DAMAGED,
                    "Journal record " + envelope.number() + " was written by a version that this one does not know.",
                    unknown);
        }
    }

    private void refuseIfSuperseded() {
        long highest = highestEpoch(files);
        if (highest > epoch) {
            throw new FaultException(
                    Fault.STALE_RUN,
                    "Another coordinator of this run, epoch " + highest + ", has taken over from epoch " + epoch + ".");
        }
    }

    private static TreeMap<Long, TreeMap<Long, String>> names(RecordFiles files) {
        TreeMap<Long, TreeMap<Long, String>> names = new TreeMap<>();
        for (String name : files.list()) {
            Matcher match = NAME.matcher(name);
            if (match.matches()) {
                names.computeIfAbsent(Long.parseLong(match.group(1)), _ -> new TreeMap<>())
                        .put(Long.parseLong(match.group(2)), name);
            }
        }
        return names;
    }
}
