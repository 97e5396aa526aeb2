package io.nsfl.modelmanager.intake;

import io.nsfl.modelmanager.model.ModelVersion;
import io.nsfl.protocol.job.JobJson;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import tools.jackson.databind.node.ObjectNode;

/** The bodies of answers about models. */
final class ModelAnswers {
    private ModelAnswers() {}

    static ResponseEntity<byte[]> one(HttpStatus status, ModelVersion version) {
        return json(status, version.shown());
    }

    /** By name, the versions of each as a list. */
    static ResponseEntity<byte[]> many(List<ModelVersion> versions) {
        ObjectNode answer = JobJson.newObject();
        ObjectNode models = answer.putObject("models");
        versions.forEach(version ->
                models.withArrayProperty(version.key().model().name()).add(version.shown()));
        return json(HttpStatus.OK, answer);
    }

    static ResponseEntity<byte[]> succeeded() {
        return json(HttpStatus.OK, JobJson.newObject().put("state", "SUCCEEDED"));
    }

    private static ResponseEntity<byte[]> json(HttpStatus status, ObjectNode answer) {
        return ResponseEntity.status(status)
                .contentType(MediaType.APPLICATION_JSON)
                .body(JobJson.bytes(answer));
    }
}
