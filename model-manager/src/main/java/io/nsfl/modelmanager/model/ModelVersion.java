package io.nsfl.modelmanager.model;

import io.nsfl.protocol.job.JobJson;
import io.nsfl.storage.document.Document;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** One version as it is stored: what users see of it, and under {@value #INTERNAL} what only this service needs. Immutable. */
public final class ModelVersion {
    static final String INTERNAL = "_nsfl";

    private final Document document;

    ModelVersion(Document document) {
        this.document = document;
    }

    public ModelKey key() {
        return ModelKey.of(
                text("namespace"), text("name"), versionInfo().path("version").asString(""));
    }

    public String id() {
        return text("id");
    }

    public ModelState state() {
        return ModelState.ofWord(text("state"));
    }

    /** Path of its file in the blob store. */
    public String path() {
        JsonNode info = document.data().path("storage_info");
        return info.path(0).asString("") + info.path(1).asString("");
    }

    /** The directory in the blob store that holds nothing but this version. */
    public String directory() {
        return path().substring(0, path().lastIndexOf('/'));
    }

    /** Name of its file. */
    public String file() {
        return path().substring(path().lastIndexOf('/') + 1);
    }

    /** {@code namespace:path} it is copied from; empty = it is uploaded. */
    public Optional<String> source() {
        return document.data().path("model_path").asStringOpt().filter(given -> !given.isEmpty());
    }

    /** SHA-256 of its file in hex, once it is known. */
    public Optional<String> sha256() {
        return document.data().path("sha256").asStringOpt().filter(given -> !given.isEmpty());
    }

    public OptionalLong size() {
        JsonNode size = document.data().path("size");
        return size.isNumber() ? OptionalLong.of(size.longValue()) : OptionalLong.empty();
    }

    /** How often its copy failed. */
    public int failures() {
        return document.data().path(INTERNAL).path("failures").asInt(0);
    }

    /** All bytes of its upload are held and become its file now; the digest they must have, or "" if nobody knows. Empty = not so. */
    public Optional<String> completing() {
        return document.data().path(INTERNAL).path("completing").asStringOpt();
    }

    /** What users see, in the documented order; what is absent is null, except what is only known of some. */
    public ObjectNode shown() {
        ObjectNode data = document.data();
        ObjectNode shown = JobJson.newObject();
        for (String field : new String[] {"namespace", "name", "runtime", "id", "state"}) {
            shown.set(field, data.get(field));
        }
        ObjectNode version = shown.putObject("version_info");
        for (String field : new String[] {"version", "time", "description"}) {
            version.set(field, versionInfo().get(field));
        }
        for (String field : new String[] {"storage_info", "model_path", "file_name", "error_msg"}) {
            shown.set(field, data.get(field));
        }
        for (String field : new String[] {"progress", "size", "sha256"}) {
            if (data.has(field)) {
                shown.set(field, data.get(field));
            }
        }
        return shown;
    }

    Document document() {
        return document;
    }

    ObjectNode edited(Consumer<ModelEdit> edit) {
        ModelEdit edited = new ModelEdit(document.data().deepCopy());
        edit.accept(edited);
        return edited.data();
    }

    private JsonNode versionInfo() {
        return document.data().path("version_info");
    }

    private String text(String field) {
        return document.data().path(field).asString("");
    }
}
