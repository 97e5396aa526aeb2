package io.nsfl.modelmanager.intake;

import io.nsfl.modelmanager.model.ModelKey;
import io.nsfl.modelmanager.model.ModelName;
import io.nsfl.modelmanager.model.ModelTable;
import io.nsfl.modelmanager.model.ModelVersion;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The models of a namespace over REST. */
@RestController
@RequestMapping("/api/v1/namespaces/{namespace}/models")
public final class ModelController {
    private final ModelIntake intake;
    private final ModelTable table;

    public ModelController(ModelIntake intake, ModelTable table) {
        this.intake = intake;
        this.table = table;
    }

    @PostMapping
    public ResponseEntity<byte[]> create(@PathVariable String namespace, InputStream body) throws IOException {
        return ModelAnswers.one(HttpStatus.CREATED, intake.create(namespace, body));
    }

    @GetMapping
    public ResponseEntity<byte[]> list(@PathVariable String namespace) {
        List<ModelVersion> versions = table.ofNamespace(namespace);
        if (versions.isEmpty()) {
            throw new FaultException(Fault.MODEL_ABSENT, "Namespace %s has no models.".formatted(namespace));
        }
        return ModelAnswers.many(versions);
    }

    @GetMapping("/{name}")
    public ResponseEntity<byte[]> get(
            @PathVariable String namespace, @PathVariable String name, @RequestParam(required = false) String version) {
        ModelName model = new ModelName(namespace, name);
        List<ModelVersion> versions =
                version == null ? table.versions(model) : List.of(table.require(new ModelKey(model, version)));
        if (versions.isEmpty()) {
            throw new FaultException(Fault.MODEL_ABSENT, "Namespace %s has no model %s.".formatted(namespace, name));
        }
        return ModelAnswers.many(versions);
    }

    /** Takes a report of its upload; nothing else of a version can be changed. */
    @PutMapping("/{name}")
    public CompletableFuture<ResponseEntity<byte[]>> update(
            @PathVariable String namespace,
            @PathVariable String name,
            @RequestParam(required = false) String version,
            InputStream body)
            throws IOException {
        if (version == null) {
            throw new FaultException(
                    Fault.MODEL_REQUEST_INVALID, "An update is of one version: give it as ?version=VERSION.");
        }
        return intake.update(ModelKey.of(namespace, name, version), body)
                .thenApply(updated -> ModelAnswers.one(HttpStatus.OK, updated));
    }

    /** One version, or without it all of them. */
    @DeleteMapping("/{name}")
    public CompletableFuture<ResponseEntity<byte[]>> delete(
            @PathVariable String namespace, @PathVariable String name, @RequestParam(required = false) String version) {
        return intake.delete(new ModelName(namespace, name), Optional.ofNullable(version))
                .thenApply(done -> ModelAnswers.succeeded());
    }
}
