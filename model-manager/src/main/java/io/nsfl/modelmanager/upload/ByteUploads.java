package io.nsfl.modelmanager.upload;

import io.nsfl.modelmanager.model.ModelEdit;
import io.nsfl.modelmanager.model.ModelFlow;
import io.nsfl.modelmanager.model.ModelKey;
import io.nsfl.modelmanager.model.ModelState;
import io.nsfl.modelmanager.model.ModelTable;
import io.nsfl.modelmanager.model.ModelVersion;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.storage.blob.BlobStore;
import io.nsfl.storage.blob.StoredBlob;
import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the bytes of models, at once or in parts. They pass through to the store, which holds them until the last one is there; one
 * sender per version at a time. What the service was completing when it was stopped is completed by the next start.
 */
public final class ByteUploads {
    private static final Logger log = LoggerFactory.getLogger(ByteUploads.class);
    private static final int AT_ONCE = 16;
    private static final Duration BUSY = Duration.ofSeconds(2);

    private final ModelFlow flow;
    private final ModelTable table;
    private final BlobStore blobs;
    private final Watchdog watchdog;
    private final long largest;
    private final Set<ModelKey> sending = ConcurrentHashMap.newKeySet();
    private final Semaphore places = new Semaphore(AT_ONCE);

    /** @param largest size of a file that is taken, in bytes */
    public ByteUploads(ModelFlow flow, ModelTable table, BlobStore blobs, Watchdog watchdog, long largest) {
        this.flow = flow;
        this.table = table;
        this.blobs = blobs;
        this.watchdog = watchdog;
        this.largest = largest;
    }

    /** Blocks until the part is stored. @throws FaultException MODEL_ABSENT, MODEL_CONTENT_CONFLICT, UPLOADS_BUSY, TRANSFER_CORRUPT */
    public Received receive(ModelKey key, Part part, InputStream content) {
        requireSize(part);
        if (!places.tryAcquire()) {
            throw new FaultException(
                    Fault.UPLOADS_BUSY, "%d uploads are under way: try again.".formatted(AT_ONCE), BUSY, null);
        }
        try {
            if (!sending.add(key)) {
                throw new FaultException(
                        Fault.MODEL_CONTENT_CONFLICT, "Somebody else is sending the file of model %s.".formatted(key));
            }
            try {
                return take(key, part, content);
            } finally {
                sending.remove(key);
            }
        } finally {
            places.release();
        }
    }

    /** How many bytes of the version's file are held. */
    public long held(ModelVersion version) {
        return version.state() == ModelState.READY ? version.size().orElse(0) : blobs.held(version.path());
    }

    /** Goes on with a version whose bytes were being completed when the service was stopped. */
    public void goOn(ModelVersion version) {
        flow.aside(() -> {
            try {
                complete(version, version.completing().orElse(""));
            } catch (FaultException undone) {
                log.warn("The upload of model {} was not completed: {}", version.key(), undone.getMessage());
                watchdog.heard(version.key());
            }
        });
    }

    private Received take(ModelKey key, Part part, InputStream content) {
        ModelVersion version = begin(key, part);
        if (version.state() == ModelState.READY) {
            return new Received(version, version.size().orElse(0), true);
        }
        String path = version.path();
        if (part.isWhole()) {
            blobs.discard(path);
        }
        long before = blobs.held(path);
        if (before != part.offset()) {
            return new Received(version, before, false);
        }
        long most = part.length().orElse(largest + 1);
        long held = blobs.append(path, before, new WatchedStream(content, () -> watchdog.heard(key)), most);
        watchdog.heard(key);
        if (held > largest) {
            blobs.discard(path);
            throw tooLarge();
        }
        if (part.length().isPresent() && held != before + most) {
            throw new FaultException(
                    Fault.TRANSFER_CORRUPT,
                    "The bytes ended after %d of %d: send the rest from %d on.".formatted(held - before, most, held));
        }
        if (part.isWhole() || held == part.total().getAsLong()) {
            return new Received(complete(version, part.sha256().orElse("")), held, true);
        }
        int percent = (int) (100.0 * held / part.total().getAsLong());
        return new Received(edit(key, edit -> edit.progress(percent)), held, true);
    }

    /** Its upload is alive from now on, unless it is complete with what this part would make of it. */
    private ModelVersion begin(ModelKey key, Part part) {
        return inMailbox(key, () -> {
            ModelVersion version = table.require(key);
            if (version.source().isPresent()) {
                throw conflict(version, "it is copied by the service itself");
            }
            switch (version.state()) {
                case UNREADY, ERROR -> {}
                case DELETING -> throw conflict(version, "it is being deleted");
                case READY -> {
                    // The answer to the last part may have been lost.
                    if (part.sha256().isEmpty() || !part.sha256().equals(version.sha256())) {
                        throw conflict(version, "it is ready and does not change any more");
                    }
                    return version;
                }
            }
            watchdog.heard(key);
            return flow.edit(version, edit -> edit.state(ModelState.UNREADY).error(""));
        });
    }

    private ModelVersion complete(ModelVersion version, String sha256) {
        ModelKey key = version.key();
        edit(key, edit -> edit.completing(sha256));
        StoredBlob stored;
        try {
            stored = sha256.isEmpty() ? blobs.complete(version.path()) : blobs.complete(version.path(), sha256);
        } catch (FaultException refused) {
            if (refused.fault() == Fault.TRANSFER_CORRUPT || refused.fault() == Fault.ARTIFACT_UNKNOWN) {
                edit(key, edit -> edit.notCompleting().state(ModelState.ERROR).error(refused.getMessage()));
            }
            throw refused;
        }
        return edit(key, edit -> edit.ready(stored.blob().size(), Optional.of(stored.sha256())));
    }

    private ModelVersion edit(ModelKey key, Consumer<ModelEdit> edit) {
        return inMailbox(key, () -> {
            ModelVersion version = table.require(key);
            if (version.state() == ModelState.DELETING) {
                throw conflict(version, "it is being deleted");
            }
            return flow.edit(version, edit);
        });
    }

    private ModelVersion inMailbox(ModelKey key, Callable<ModelVersion> task) {
        try {
            return flow.submit(key.model(), task).join();
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof RuntimeException own ? own : failed;
        }
    }

    private void requireSize(Part part) {
        if (part.total().orElse(0) > largest || (part.isWhole() && part.length().orElse(0) > largest)) {
            throw tooLarge();
        }
    }

    private FaultException tooLarge() {
        return new FaultException(
                Fault.REQUEST_TOO_LARGE, "The file of a model has at most %d bytes.".formatted(largest));
    }

    private static FaultException conflict(ModelVersion version, String reason) {
        return new FaultException(
                Fault.MODEL_CONTENT_CONFLICT,
                "The file of model %s cannot be sent: %s.".formatted(version.key(), reason));
    }
}
