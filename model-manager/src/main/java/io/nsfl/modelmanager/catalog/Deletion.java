package io.nsfl.modelmanager.catalog;

import io.nsfl.modelmanager.model.ModelFlow;
import io.nsfl.modelmanager.model.ModelKey;
import io.nsfl.modelmanager.model.ModelName;
import io.nsfl.modelmanager.model.ModelState;
import io.nsfl.modelmanager.model.ModelTable;
import io.nsfl.modelmanager.model.ModelVersion;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.storage.blob.BlobStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes versions: marked first, then the file, last the entry, so that what is interrupted goes on. */
public final class Deletion {
    private static final Logger log = LoggerFactory.getLogger(Deletion.class);

    private final ModelFlow flow;
    private final ModelTable table;
    private final BlobStore blobs;
    private final Duration again;

    /** @param again after how long the store is asked again when it did not remove a file */
    public Deletion(ModelFlow flow, ModelTable table, BlobStore blobs, Duration again) {
        this.flow = flow;
        this.table = table;
        this.blobs = blobs;
        this.again = again;
    }

    /**
     * Deletes one version. A store that is away delays it and does not fail it.
     *
     * @throws FaultException (by the future) MODEL_ABSENT, MODEL_OPERATION_FORBIDDEN
     */
    public CompletableFuture<Void> delete(ModelKey key) {
        return flow.submit(key.model(), () -> {
            begin(List.of(table.require(key)));
            return null;
        });
    }

    /** Deletes all versions of a model, or none if the state of one forbids it. */
    public CompletableFuture<Void> deleteAll(ModelName model) {
        return flow.submit(model, () -> {
            List<ModelVersion> versions = table.versions(model);
            if (versions.isEmpty()) {
                throw new FaultException(
                        Fault.MODEL_ABSENT, "Namespace %s has no model %s.".formatted(model.namespace(), model.name()));
            }
            begin(versions);
            return null;
        });
    }

    /** Goes on with a version that is DELETING. In its model's mailbox. */
    public void goOn(ModelVersion version) {
        if (version.state() != ModelState.DELETING) {
            return;
        }
        try {
            blobs.discard(version.path());
            blobs.deleteTree(version.directory());
        } catch (FaultException away) {
            log.warn("The file of model {} is not removed yet: {}", version.key(), away.getMessage());
            flow.later(version.key(), again, this::goOn);
            return;
        }
        flow.remove(version);
    }

    private void begin(List<ModelVersion> versions) {
        versions.forEach(Deletion::requireDeletable);
        versions.stream()
                .map(version -> flow.edit(version, edit -> edit.state(ModelState.DELETING)))
                .toList()
                .forEach(this::finishNowOrLater);
    }

    private void finishNowOrLater(ModelVersion version) {
        try {
            goOn(version);
        } catch (RuntimeException undone) {
            // It is marked: that it could not be finished at once is no failure of the request.
            flow.post(version.key(), this::goOn);
        }
    }

    private static void requireDeletable(ModelVersion version) {
        switch (version.state()) {
            case READY, ERROR -> {}
            case UNREADY, DELETING ->
                throw new FaultException(
                        Fault.MODEL_OPERATION_FORBIDDEN,
                        "Model %s is %s: it can be deleted when it is ready or error."
                                .formatted(version.key(), version.state().word()));
        }
    }
}
