package io.nsfl.modelmanager.copy;

import io.nsfl.modelmanager.model.ModelFlow;
import io.nsfl.modelmanager.model.ModelKey;
import io.nsfl.modelmanager.model.ModelState;
import io.nsfl.modelmanager.model.ModelVersion;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.storage.blob.Blob;
import io.nsfl.storage.blob.BlobStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies a version's file from its source within the store. The copy runs outside the model's mailbox and its result is decided in it; it is
 * replaced as a whole when it is made again, so an interrupted one is simply begun anew.
 */
public final class Copies {
    private static final Logger log = LoggerFactory.getLogger(Copies.class);
    private static final int AT_ONCE = 4;
    private static final String NO_SOURCE = "Not found src.";
    private static final String STORAGE = "Storage internal error.";

    private final ModelFlow flow;
    private final BlobStore blobs;
    private final Duration pause;
    private final int retries;
    private final Semaphore places = new Semaphore(AT_ONCE);

    /**
     * @param pause before a failed copy is tried again
     * @param retries how often it is tried again
     */
    public Copies(ModelFlow flow, BlobStore blobs, Duration pause, int retries) {
        this.flow = flow;
        this.blobs = blobs;
        this.pause = pause;
        this.retries = retries;
    }

    /** Begins the copy of a version that is UNREADY and has a source, or begins it again. */
    public void begin(ModelVersion version) {
        if (version.state() != ModelState.UNREADY || version.source().isEmpty()) {
            return;
        }
        flow.aside(() -> {
            try {
                places.acquire();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                return;
            }
            try {
                run(version);
            } finally {
                places.release();
            }
        });
    }

    private void run(ModelVersion version) {
        ModelKey key = version.key();
        try {
            Optional<Long> size = copy(version);
            flow.post(key, now -> decide(now, size));
        } catch (RuntimeException failed) {
            boolean absent = failed instanceof FaultException fault
                    && (fault.fault() == Fault.NAMESPACE_ABSENT || fault.fault() == Fault.ARTIFACT_UNKNOWN);
            if (absent) {
                flow.post(key, now -> decide(now, Optional.empty()));
            } else {
                log.warn("Model {} could not be copied: {}", key, failed.getMessage());
                flow.post(key, this::failed);
            }
        }
    }

    /** How many bytes were copied; empty = there is no source. */
    private Optional<Long> copy(ModelVersion version) {
        String from = version.source().orElseThrow().replaceFirst(":/*", "/");
        if (blobs.stat(from).isPresent()) {
            return Optional.of(blobs.copy(from, version.path()).size());
        }
        List<Blob> files = blobs.list(from);
        long size = 0;
        for (Blob file : files) {
            size += blobs.copy(file.path(), version.path() + file.path().substring(from.length()))
                    .size();
        }
        return files.isEmpty() ? Optional.empty() : Optional.of(size);
    }

    private void decide(ModelVersion version, Optional<Long> size) {
        if (version.state() != ModelState.UNREADY) {
            return;
        }
        flow.edit(
                version,
                edit -> size.ifPresentOrElse(
                        bytes -> edit.ready(bytes, Optional.empty()),
                        () -> edit.state(ModelState.ERROR).error(NO_SOURCE)));
    }

    private void failed(ModelVersion version) {
        if (version.state() != ModelState.UNREADY) {
            return;
        }
        int failures = version.failures() + 1;
        ModelVersion told = flow.edit(version, edit -> {
            edit.failures(failures).error(STORAGE);
            if (failures > retries) {
                edit.state(ModelState.ERROR);
            }
        });
        if (failures <= retries) {
            flow.later(told.key(), pause, this::begin);
        }
    }
}
