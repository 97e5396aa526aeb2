package io.nsfl.modelmanager.upload;

import io.nsfl.modelmanager.model.ModelFlow;
import io.nsfl.modelmanager.model.ModelKey;
import io.nsfl.modelmanager.model.ModelState;
import io.nsfl.modelmanager.model.ModelTable;
import io.nsfl.modelmanager.model.ModelVersion;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.storage.blob.Blob;
import io.nsfl.storage.blob.BlobStore;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Takes the reports of uploaders who put files into the store themselves. What they say arrived is looked for. */
public final class Reports {
    private final ModelFlow flow;
    private final ModelTable table;
    private final BlobStore blobs;
    private final Watchdog watchdog;

    public Reports(ModelFlow flow, ModelTable table, BlobStore blobs, Watchdog watchdog) {
        this.flow = flow;
        this.table = table;
        this.blobs = blobs;
        this.watchdog = watchdog;
    }

    /** The version as it is after the report. @throws FaultException (by the future) MODEL_ABSENT, MODEL_CONTENT_CONFLICT */
    public CompletableFuture<ModelVersion> take(ModelKey key, Report report) {
        return flow.submit(key.model(), () -> {
            ModelVersion version = table.require(key);
            return switch (version.state()) {
                case READY -> ready(version, report);
                case DELETING ->
                    throw new FaultException(Fault.MODEL_CONTENT_CONFLICT, "Model %s is being deleted.".formatted(key));
                case UNREADY, ERROR -> take(version, report);
            };
        });
    }

    /** Its file does not change any more; a repeated report of success, or a late one on the way, is no fault. */
    private static ModelVersion ready(ModelVersion version, Report report) {
        if (report.outcome() == Report.Outcome.FAILED) {
            throw new FaultException(
                    Fault.MODEL_CONTENT_CONFLICT,
                    "Model %s is ready: its upload cannot fail any more; delete it if it is not wanted."
                            .formatted(version.key()));
        }
        return version;
    }

    private ModelVersion take(ModelVersion version, Report report) {
        if (version.source().isPresent()) {
            throw new FaultException(
                    Fault.MODEL_CONTENT_CONFLICT,
                    "Model %s is copied by the service itself: nobody else reports on it.".formatted(version.key()));
        }
        return switch (report.outcome()) {
            case UNDER_WAY -> {
                watchdog.heard(version.key());
                yield flow.edit(version, edit -> {
                    edit.state(ModelState.UNREADY).error("");
                    report.progress().ifPresent(edit::progress);
                });
            }
            case FAILED -> failed(version, "The upload failed: " + report.reason());
            case SUCCEEDED -> succeeded(version, report.sha256());
        };
    }

    private ModelVersion succeeded(ModelVersion version, Optional<String> sha256) {
        Optional<Long> size = sizeOf(version);
        if (size.isEmpty()) {
            return failed(version, "Nothing was uploaded: there is no file %s in the store.".formatted(version.path()));
        }
        if (sha256.isPresent() && !blobs.sha256(version.path()).equalsIgnoreCase(sha256.get())) {
            return failed(version, "What was uploaded is damaged: its SHA-256 is not the one that was reported.");
        }
        return flow.edit(version, edit -> edit.ready(size.get(), sha256));
    }

    private Optional<Long> sizeOf(ModelVersion version) {
        Optional<Blob> file = blobs.stat(version.path());
        if (file.isPresent()) {
            return file.map(Blob::size);
        }
        List<Blob> directory = blobs.list(version.path());
        return directory.isEmpty()
                ? Optional.empty()
                : Optional.of(directory.stream().mapToLong(Blob::size).sum());
    }

    private ModelVersion failed(ModelVersion version, String reason) {
        return flow.edit(version, edit -> edit.state(ModelState.ERROR).error(reason));
    }
}
