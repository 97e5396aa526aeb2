package io.nsfl.modelmanager.content;

import io.nsfl.modelmanager.model.ModelFlow;
import io.nsfl.modelmanager.model.ModelKey;
import io.nsfl.modelmanager.model.ModelState;
import io.nsfl.modelmanager.model.ModelTable;
import io.nsfl.modelmanager.model.ModelVersion;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.storage.blob.Blob;
import io.nsfl.storage.blob.BlobStore;
import java.io.InputStream;

/** The files of versions that are ready. */
public final class Contents {
    private final ModelFlow flow;
    private final ModelTable table;
    private final BlobStore blobs;

    public Contents(ModelFlow flow, ModelTable table, BlobStore blobs) {
        this.flow = flow;
        this.table = table;
        this.blobs = blobs;
    }

    /**
     * A file as it lies in the store.
     *
     * @param sha256 in hex
     */
    record Content(String path, String file, long size, String sha256) {}

    /** @throws FaultException MODEL_ABSENT, or MODEL_CONTENT_CONFLICT if there are no bytes to be had */
    Content require(ModelKey key) {
        ModelVersion version = table.require(key);
        if (version.state() != ModelState.READY) {
            throw conflict(key, "it is " + version.state().word());
        }
        Blob blob = blobs.stat(version.path())
                .orElseThrow(() ->
                        conflict(key, "%s is not a file; read it from the data server".formatted(version.path())));
        return new Content(version.path(), version.file(), blob.size(), sha256(version));
    }

    InputStream open(Content content, long first, long length) {
        return blobs.open(content.path(), first, length);
    }

    /** Of a file that did not pass through here it is computed once. */
    private String sha256(ModelVersion version) {
        if (version.sha256().isPresent()) {
            return version.sha256().get();
        }
        String computed = blobs.sha256(version.path());
        flow.post(version.key(), now -> {
            if (now.state() == ModelState.READY) {
                flow.edit(now, edit -> edit.sha256(computed));
            }
        });
        return computed;
    }

    private static FaultException conflict(ModelKey key, String reason) {
        return new FaultException(
                Fault.MODEL_CONTENT_CONFLICT, "Model %s has no bytes to be read: %s.".formatted(key, reason));
    }
}
