package io.nsfl.coordinator.run;

import io.nsfl.coordinator.checkpoint.Digests;
import io.nsfl.coordinator.checkpoint.JournalRecord;
import io.nsfl.coordinator.extender.Broadcast;
import io.nsfl.coordinator.extender.Extender;
import io.nsfl.coordinator.round.ArtifactFile;
import io.nsfl.coordinator.round.RoundEvent.Offer;
import io.nsfl.coordinator.round.WorkId;
import io.nsfl.federation.tensor.TensorSpec;
import io.nsfl.protocol.archive.FileArchive;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.ArtifactKind;
import io.nsfl.sandbox.Directories;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The job's extender as the run's book needs it: what it gives the clients is durable before they hear of it, and what it wants to know
 * later counts with the round that it comes from. Does nothing where the job has none. One thread at a time.
 */
final class ExtenderBook {
    private static final String PARAMS = "prepared_param.json";
    private static final String FILES = "prepared/";
    private static final FileArchive.Limits LIMITS = new FileArchive.Limits(10_001, 512L << 20);

    private final Optional<Extender> extender;
    private final RunRecords records;
    private final Path scratch;
    private Optional<Path> newState = Optional.empty();
    private int generation;

    ExtenderBook(Optional<Extender> extender, RunRecords records, Path scratch) {
        this.extender = extender;
        this.records = records;
        this.scratch = scratch;
    }

    /**
     * What the clients of some work get beside model and scripts.
     *
     * @param params JSON object, or empty
     */
    record Prepared(String params, List<ArtifactFile> files) {
        static final Prepared NOTHING = new Prepared("", List.of());
    }

    /**
     * Asks for what the clients get and makes it durable.
     *
     * @param taken names that artifacts of the task have already
     * @throws FaultException EXTENDER_FAILED
     */
    Prepared open(WorkId work, Set<String> taken) {
        if (extender.isEmpty()) {
            return Prepared.NOTHING;
        }
        Optional<Broadcast> broadcast = extender.get().broadcast(work, committedState());
        if (broadcast.isEmpty()) {
            return Prepared.NOTHING;
        }
        broadcast.get().files().keySet().stream()
                .filter(taken::contains)
                .findAny()
                .ifPresent(name -> {
                    throw new FaultException(
                            Fault.EXTENDER_FAILED,
                            "The extender's broadcast gives a file the name " + name
                                    + ", which the platform uses itself.");
                });
        Path archive = archive(broadcast.get());
        String what = work.trains() ? "broadcast-train" : "broadcast-evaluate";
        String name = records.journal().storeArchive(what, work.round(), archive, scratch.resolve("read-back"));
        records.write(new JournalRecord.Broadcast(work.round(), work.attempt(), work.kind(), name, sha256(archive)));
        return unpacked(archive);
    }

    /** After a restart: the very same, without asking again. */
    Prepared reopen(WorkId work) {
        Optional<JournalRecord.Broadcast> record = records.history().broadcast(work);
        if (extender.isEmpty() || record.isEmpty()) {
            return Prepared.NOTHING;
        }
        Path archive = scratch.resolve("broadcast.zip");
        records.journal().fetchArchive(record.get().file(), record.get().sha256(), work.round(), archive);
        return unpacked(archive);
    }

    void beginRound() {
        extender.ifPresent(Extender::beginRound);
    }

    /** @throws FaultException UPDATE_MALFORMED what the script left is no archive */
    void keep(Offer offer) {
        extender.ifPresent(known -> known.keep(
                offer.client(),
                offer.staged().stageFile().orElseThrow(),
                offer.staged().resultFiles(),
                offer.metrics()));
    }

    /**
     * Has the extender end the round.
     *
     * @return safetensors of what takes the place of the updates' mean; empty = nothing does
     * @throws FaultException EXTENDER_FAILED
     */
    Optional<Path> end(WorkId work, Set<String> included, List<TensorSpec> aggregate) {
        Optional<Extender.EndOfRound> end =
                extender.flatMap(known -> known.endRound(work, included, aggregate, committedState()));
        newState = end.map(Extender.EndOfRound::state);
        return end.flatMap(Extender.EndOfRound::weights);
    }

    /** Just before the round is committed. */
    void commit(WorkId work) {
        newState.ifPresent(state -> {
            String name =
                    records.journal().storeArchive("extender-state", work.round(), state, scratch.resolve("read-back"));
            records.write(new JournalRecord.ExtenderState(work.round(), work.attempt(), name, sha256(state)));
        });
        newState = Optional.empty();
    }

    /** The round is committed: what only it needed goes. */
    void forgetRound() {
        if (extender.isPresent()) {
            extender.get().beginRound();
            Set<String> keep = new HashSet<>();
            records.history().extenderState().ifPresent(state -> keep.add(state.file()));
            records.history().lastBroadcast().ifPresent(broadcast -> keep.add(broadcast.file()));
            records.journal().pruneArchives(keep);
        }
    }

    void stop(String reason) {
        extender.ifPresent(known -> known.stop(reason));
    }

    private Optional<Path> committedState() {
        return records.history().extenderState().map(state -> {
            Path archive = scratch.resolve("extender-state.zip");
            records.journal().fetchArchive(state.file(), state.sha256(), state.round(), archive);
            return archive;
        });
    }

    private Path archive(Broadcast broadcast) {
        Path archive = scratch.resolve("broadcast.zip");
        Path params = scratch.resolve(PARAMS);
        try {
            Files.writeString(params, broadcast.params());
            SortedMap<String, Path> entries = new TreeMap<>(Map.of(PARAMS, params));
            broadcast.files().forEach((name, file) -> entries.put(FILES + name, file));
            try (OutputStream out = Files.newOutputStream(archive)) {
                FileArchive.write(entries, out);
            }
            return archive;
        } catch (IOException failed) {
            throw unusable(failed);
        }
    }

    private Prepared unpacked(Path archive) {
        // Clients may still read those of the work before.
        Path target = scratch.resolve("prepared-" + generation++ % 2);
        try {
            Directories.delete(target);
            FileArchive.extract(archive, target, LIMITS);
            List<ArtifactFile> files = new ArrayList<>();
            Path directory = Files.createDirectories(target.resolve(FILES));
            FileArchive.below(directory, LIMITS)
                    .forEach((name, file) ->
                            files.add(RunArtifacts.file(name, ArtifactKind.ARTIFACT_KIND_PREPARED_FILE, file)));
            return new Prepared(Files.readString(target.resolve(PARAMS)), files);
        } catch (IOException failed) {
            throw unusable(failed);
        }
    }

    private static String sha256(Path file) {
        return HexFormat.of().formatHex(Digests.sha256(file));
    }

    private FaultException unusable(IOException cause) {
        return new FaultException(
                Fault.STORAGE_UNAVAILABLE,
                "The coordinator cannot use its local directory " + scratch + ": " + cause.getMessage() + ".",
                cause);
    }
}
