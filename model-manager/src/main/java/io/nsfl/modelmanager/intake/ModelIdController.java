package io.nsfl.modelmanager.intake;

import io.nsfl.modelmanager.model.ModelTable;
import io.nsfl.modelmanager.model.ModelVersion;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The same by id: one version each. */
@RestController
@RequestMapping("/api/v1/models")
public final class ModelIdController {
    private static final String ID = "model_id";

    private final ModelIntake intake;
    private final ModelTable table;

    public ModelIdController(ModelIntake intake, ModelTable table) {
        this.intake = intake;
        this.table = table;
    }

    @GetMapping
    public ResponseEntity<byte[]> get(@RequestParam(name = ID, required = false) String id) {
        return ModelAnswers.one(HttpStatus.OK, require(id));
    }

    @PutMapping
    public CompletableFuture<ResponseEntity<byte[]>> update(
            @RequestParam(name = ID, required = false) String id, InputStream body) throws IOException {
        return intake.update(require(id).key(), body).thenApply(updated -> ModelAnswers.one(HttpStatus.OK, updated));
    }

    @DeleteMapping
    public CompletableFuture<ResponseEntity<byte[]>> delete(@RequestParam(name = ID, required = false) String id) {
        ModelVersion version = require(id);
        return intake.delete(version.key().model(), Optional.of(version.key().version()))
                .thenApply(done -> ModelAnswers.succeeded());
    }

    private ModelVersion require(String id) {
        if (id == null) {
            throw new FaultException(Fault.MODEL_ABSENT, "Which model? Give its id as ?model_id=ID.");
        }
        return table.requireById(id);
    }
}
