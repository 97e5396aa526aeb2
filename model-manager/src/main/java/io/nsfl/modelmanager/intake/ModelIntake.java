package io.nsfl.modelmanager.intake;

import io.nsfl.modelmanager.catalog.Creation;
import io.nsfl.modelmanager.catalog.Deletion;
import io.nsfl.modelmanager.copy.Copies;
import io.nsfl.modelmanager.model.ModelKey;
import io.nsfl.modelmanager.model.ModelName;
import io.nsfl.modelmanager.model.ModelVersion;
import io.nsfl.modelmanager.model.NewModel;
import io.nsfl.modelmanager.upload.Reports;
import io.nsfl.modelmanager.upload.Watchdog;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.job.LenientJson;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import tools.jackson.databind.node.ObjectNode;

/** Carries out what users ask of models: everything is checked before anything is stored, and stored before it is answered. */
public final class ModelIntake {
    private static final int MAX_BODY = 64 * 1024;

    private final Creation creation;
    private final Deletion deletion;
    private final Reports reports;
    private final Watchdog watchdog;
    private final Copies copies;
    private final SourceAccess sources;
    private final String directory;

    /** @param directory of all models */
    public ModelIntake(
            Creation creation,
            Deletion deletion,
            Reports reports,
            Watchdog watchdog,
            Copies copies,
            SourceAccess sources,
            String directory) {
        this.creation = creation;
        this.deletion = deletion;
        this.reports = reports;
        this.watchdog = watchdog;
        this.copies = copies;
        this.sources = sources;
        this.directory = directory;
    }

    /** A new version, whose file is waited for or copied from now on. */
    ModelVersion create(String namespace, InputStream body) throws IOException {
        NewModel wanted = ModelRequest.read(namespace, directory, object(body));
        wanted.modelPath().map(ModelRequest::sourceNamespace).ifPresent(sources::requireReadable);
        ModelVersion created = creation.create(wanted);
        if (created.source().isPresent()) {
            copies.begin(created);
        } else {
            watchdog.heard(created.key());
        }
        return created;
    }

    CompletableFuture<ModelVersion> update(ModelKey key, InputStream body) throws IOException {
        return reports.take(key, ReportRequest.read(object(body)));
    }

    /** @param version empty = all */
    CompletableFuture<Void> delete(ModelName model, Optional<String> version) {
        return version.map(one -> deletion.delete(new ModelKey(model, one))).orElseGet(() -> deletion.deleteAll(model));
    }

    private static ObjectNode object(InputStream body) throws IOException {
        byte[] json = body.readNBytes(MAX_BODY + 1);
        if (json.length > MAX_BODY) {
            throw new FaultException(Fault.REQUEST_TOO_LARGE, "A model's description has at most 64 KiB.");
        }
        try {
            return LenientJson.readObject(json, "The request's body");
        } catch (FaultException malformed) {
            if (malformed.fault() == Fault.REQUEST_INVALID) {
                throw new FaultException(Fault.MODEL_REQUEST_INVALID, malformed.getMessage(), malformed);
            }
            throw malformed;
        }
    }
}
