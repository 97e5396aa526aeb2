package io.nsfl.modelmanager.model;

import io.nsfl.protocol.job.JobJson;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** Changes to a version before they are written. */
public final class ModelEdit {
    private final ObjectNode data;

    ModelEdit(ObjectNode data) {
        this.data = data;
    }

    /**
     * A new version, waiting for its file.
     *
     * @param directory of all models, the bucket
     * @param time local, as users read it
     */
    public static ModelEdit create(NewModel wanted, String version, String id, String directory, String time) {
        String namespace = wanted.model().namespace();
        String name = wanted.model().name();
        ObjectNode data = JobJson.newObject();
        data.put("namespace", namespace)
                .put("name", name)
                .put("runtime", wanted.runtime())
                .put("id", id);
        ObjectNode info = data.putObject("version_info").put("version", version).put("time", time);
        put(info, "description", wanted.description());
        data.putArray("storage_info")
                .add(directory)
                .add("/" + String.join("/", namespace, name, version, wanted.file()));
        put(data, "model_path", wanted.modelPath());
        put(data, "file_name", wanted.fileName());
        return new ModelEdit(data).state(ModelState.UNREADY).error("");
    }

    public ModelEdit state(ModelState state) {
        data.put("state", state.word());
        return this;
    }

    /** One sentence; empty = none. */
    public ModelEdit error(String message) {
        put(data, "error_msg", Optional.of(message).filter(text -> !text.isEmpty()));
        return this;
    }

    /** Percent of the upload. */
    public ModelEdit progress(int percent) {
        data.put("progress", percent);
        return this;
    }

    /** Its file is there. */
    public ModelEdit ready(long size, Optional<String> sha256) {
        data.put("size", size);
        sha256.ifPresent(this::sha256);
        data.withObjectProperty(ModelVersion.INTERNAL).remove("completing");
        return state(ModelState.READY).error("").progress(100);
    }

    public ModelEdit sha256(String hex) {
        data.put("sha256", hex);
        return this;
    }

    public ModelEdit failures(int count) {
        data.withObjectProperty(ModelVersion.INTERNAL).put("failures", count);
        return this;
    }

    /** @param sha256 what the held bytes must have; "" = nobody knows */
    public ModelEdit completing(String sha256) {
        data.withObjectProperty(ModelVersion.INTERNAL).put("completing", sha256);
        return this;
    }

    public ModelEdit notCompleting() {
        data.withObjectProperty(ModelVersion.INTERNAL).remove("completing");
        return this;
    }

    ObjectNode data() {
        return data;
    }

    private static void put(ObjectNode object, String field, Optional<String> text) {
        if (text.isPresent()) {
            object.put(field, text.get());
        } else {
            object.putNull(field);
        }
    }
}
