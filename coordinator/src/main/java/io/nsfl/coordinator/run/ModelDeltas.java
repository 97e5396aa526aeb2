package io.nsfl.coordinator.run;

import com.google.protobuf.ByteString;
import io.nsfl.coordinator.checkpoint.Digests;
import io.nsfl.coordinator.round.ArtifactFile;
import io.nsfl.coordinator.round.WorkId;
import io.nsfl.modelformats.delta.ModelDelta;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.Artifact;
import io.nsfl.protocol.v1.ArtifactDelta;
import io.nsfl.protocol.v1.ArtifactKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The newest models as deltas against older ones, for jobs that ask for them: each is made once for all clients, beside the run, and offered where it
 * is smaller than the model. They are a saving and nothing more: whatever goes wrong with one, clients fetch the model. Nothing of them is
 * journalled; after a restart clients fetch the model once, and deltas go on with the next. Safe from any thread.
 */
final class ModelDeltas {
    /** So many models before a new one are worth a delta: clients that were not chosen for longer fetch the model. */
    static final int OLDER = 3;

    private static final Logger log = LoggerFactory.getLogger(ModelDeltas.class);
    private static final int NAME_BYTES = 8;

    /** The model that is being fetched, and the one before, which some may still be at. */
    private static final int NEWEST = 2;

    private final boolean asked;
    private final Path scratch;
    private final Executor background;
    private final News news;
    private final Map<ByteString, Offer> offers = new HashMap<>();
    private final Map<String, ByteString> heldBy = new HashMap<>();
    private boolean closed;

    /** Hears of what was made. */
    @FunctionalInterface
    interface News {
        void made(WorkId work, String message);
    }

    /** What there is for one new model. Guarded by the lock of the deltas that it belongs to. */
    private static final class Offer {
        private final CompletableFuture<Void> complete = new CompletableFuture<>();
        private final Map<String, ArtifactFile> files = new HashMap<>();
        private final List<ArtifactDelta> deltas = new ArrayList<>();
    }

    /**
     * @param scratch local disk
     * @param background makes deltas, one after the other
     */
    ModelDeltas(RunPlan plan, Path scratch, Executor background, News news) {
        this.asked = plan.sendsDeltas();
        this.scratch = scratch;
        this.background = background;
        this.news = news;
    }

    /** Whether the job asks for deltas: what clients fetch is worth keeping then. */
    boolean asked() {
        return asked;
    }

    /**
     * Begins to make the deltas to a model, from the one right before it and from those that clients hold; again without effect.
     *
     * @param work which made the model
     * @param older models whose files stay for now, the newest first
     * @param model its file, which stays until the model is not {@link #retain retained}
     */
    void begin(WorkId work, List<GlobalModel.Base> older, Path model, byte[] sha256) {
        if (!asked) {
            return;
        }
        ByteString key = ByteString.copyFrom(sha256);
        List<GlobalModel.Base> worth;
        Offer offer = new Offer();
        synchronized (this) {
            if (offers.putIfAbsent(key, offer) != null) {
                return;
            }
            worth = older.stream()
                    .limit(OLDER)
                    .filter(base ->
                            base == older.getFirst() || heldBy.containsValue(ByteString.copyFrom(base.digest())))
                    .toList();
        }
        background.execute(() -> make(work, worth, model, key, offer));
    }

    private void make(WorkId work, List<GlobalModel.Base> older, Path model, ByteString key, Offer offer) {
        try {
            for (GlobalModel.Base base : older) {
                make(work, base, model, key, offer);
            }
        } catch (FaultException | IOException failed) {
            log.warn("Clients fetch the model of round {} whole: {}", work.round(), failed.getMessage());
        } finally {
            offer.complete.complete(null);
        }
    }

    private void make(WorkId work, GlobalModel.Base base, Path model, ByteString key, Offer offer) throws IOException {
        ByteString from = ByteString.copyFrom(base.digest());
        if (!wanted(key, offer)) {
            return;
        }
        String name = "weights-" + shortened(key) + "-from-" + shortened(from) + ".delta";
        Path file = scratch.resolve(name);
        long full = Files.size(model);
        if (from.equals(key) || !ModelDelta.write(base.file(), model, file, full)) {
            return;
        }
        long size = Files.size(file);
        ByteString sha256 = ByteString.copyFrom(Digests.sha256(file));
        Artifact artifact = Artifact.newBuilder()
                .setName(name)
                .setKind(ArtifactKind.ARTIFACT_KIND_DELTA)
                .setSize(size)
                .setSha256(sha256)
                .build();
        synchronized (this) {
            if (!wanted(key, offer)) {
                delete(file);
                return;
            }
            offer.files.put(name, new ArtifactFile(artifact, file));
            offer.deltas.add(ArtifactDelta.newBuilder()
                    .setName(name)
                    .setBaseSha256(from)
                    .setSize(size)
                    .setSha256(sha256)
                    .build());
        }
        news.made(
                work,
                "The model of round " + work.round() + " goes out as a delta of " + size + " bytes instead of " + full
                        + " to clients that hold model " + shortened(from) + ".");
    }

    /** The artifact with what there is to make it of, if it is a model; from now on the client holds it. */
    synchronized Artifact offer(Artifact artifact, String client) {
        if (!asked || artifact.getKind() != ArtifactKind.ARTIFACT_KIND_WEIGHTS) {
            return artifact;
        }
        heldBy.put(client, artifact.getSha256());
        Offer offer = offers.get(artifact.getSha256());
        return offer == null
                ? artifact
                : artifact.toBuilder().addAllDeltas(offer.deltas).build();
    }

    /** Completes when nothing more will be offered for this model than is now. */
    synchronized CompletionStage<Void> complete(byte[] model) {
        Offer offer = offers.get(ByteString.copyFrom(model));
        return offer == null ? CompletableFuture.completedStage(null) : offer.complete.minimalCompletionStage();
    }

    /** A delta to this model by its name. */
    synchronized Optional<ArtifactFile> find(byte[] model, String name) {
        return Optional.ofNullable(offers.get(ByteString.copyFrom(model))).map(offer -> offer.files.get(name));
    }

    /** Deletes all deltas and makes no more. */
    synchronized void close() {
        closed = true;
        retain(List.of());
    }

    private synchronized boolean wanted(ByteString key, Offer offer) {
        return !closed && offers.get(key) == offer;
    }

    /**
     * Deletes the deltas to all but the newest of these models: who is still about to fetch one to an older model fetches that model.
     *
     * @param models the newest first
     */
    synchronized void retain(List<GlobalModel.Base> models) {
        Set<ByteString> kept = Set.copyOf(models.stream()
                .limit(NEWEST)
                .map(model -> ByteString.copyFrom(model.digest()))
                .distinct()
                .toList());
        offers.entrySet().removeIf(entry -> {
            boolean gone = !kept.contains(entry.getKey());
            if (gone) {
                entry.getValue().files.values().forEach(file -> delete(file.file()));
            }
            return gone;
        });
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException failed) {
            log.warn("The delta {} stays on the disk: {}", file, failed.getMessage());
        }
    }

    private static String shortened(ByteString digest) {
        return HexFormat.of().formatHex(digest.substring(0, NAME_BYTES).toByteArray());
    }
}
