package io.nsfl.scheduler.models;

import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * A model as the model-manager tells it.
 *
 * @param state {@code ready} when it can be used
 * @param modelPath where it was copied from, {@code <namespace>:<path>}; empty when it was uploaded
 * @param directory of the model store below the shared root
 * @param path of its file below that, with a leading slash
 */
public record StoredModel(String id, String namespace, String state, String modelPath, String directory, String path) {
    static final String READY = "ready";

    static StoredModel of(ObjectNode detail) {
        List<String> storage = detail.path("storage_info")
                .valueStream()
                .map(part -> part.asString(""))
                .toList();
        return new StoredModel(
                detail.path("id").asString(""),
                detail.path("namespace").asString(""),
                detail.path("state").asString(""),
                detail.path("model_path").asString(""),
                storage.isEmpty() ? "" : storage.getFirst(),
                storage.size() < 2 ? "" : storage.get(1));
    }
}
