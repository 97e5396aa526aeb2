package io.nsfl.modelmanager.model;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.storage.document.CollectionSpec;
import io.nsfl.storage.document.DocumentCollection;
import io.nsfl.storage.document.DocumentStore;
import io.nsfl.storage.document.DuplicateKeyException;
import io.nsfl.storage.document.Query;
import io.nsfl.storage.document.UniqueKey;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/** The versions in the document store. Neither two versions of one key nor two of one id are ever in it, whoever creates them. */
public final class ModelTable {
    private final DocumentCollection models;

    /** @param name of the table */
    public ModelTable(DocumentStore store, String name) {
        models = store.collection(
                CollectionSpec.of(name, UniqueKey.of("namespace", "name", "version_info.version"), UniqueKey.of("id"))
                        .listedBy("namespace")
                        .listedBy("state"));
    }

    /** Empty: its key or its id is taken. */
    public Optional<ModelVersion> insert(ModelEdit version) {
        try {
            return Optional.of(new ModelVersion(models.insert(version.data())));
        } catch (DuplicateKeyException taken) {
            return Optional.empty();
        }
    }

    public Optional<ModelVersion> find(ModelKey key) {
        ObjectNode pattern = pattern(key.model());
        pattern.putObject("version_info").put("version", key.version());
        return models.find(pattern).map(ModelVersion::new);
    }

    public Optional<ModelVersion> findById(String id) {
        return models.find(JobJson.newObject().put("id", id)).map(ModelVersion::new);
    }

    /** Oldest first. */
    public List<ModelVersion> versions(ModelName model) {
        return query(pattern(model));
    }

    /** All versions of all models of a namespace, oldest first. */
    public List<ModelVersion> ofNamespace(String namespace) {
        return query(JobJson.newObject().put("namespace", namespace));
    }

    /** All in this state, oldest first. */
    public List<ModelVersion> in(ModelState state) {
        return query(JobJson.newObject().put("state", state.word()));
    }

    /** @throws FaultException MODEL_ABSENT */
    public ModelVersion require(ModelKey key) {
        return find(key)
                .orElseThrow(() -> new FaultException(
                        Fault.MODEL_ABSENT,
                        "Namespace %s has no version %s of a model %s."
                                .formatted(
                                        key.model().namespace(),
                                        key.version(),
                                        key.model().name())));
    }

    /** @throws FaultException MODEL_ABSENT */
    public ModelVersion requireById(String id) {
        return findById(id)
                .orElseThrow(() ->
                        new FaultException(Fault.MODEL_ABSENT, "There is no model with the id %s.".formatted(id)));
    }

    /** Writes an edit of this version. @throws FaultException STALE if it is not the stored one any more */
    ModelVersion replace(ModelVersion version, Consumer<ModelEdit> edit) {
        ObjectNode edited = version.edited(edit);
        if (edited.equals(version.document().data())) {
            return version;
        }
        return models.replace(version.document(), edited)
                .map(ModelVersion::new)
                .orElseThrow(() -> new FaultException(
                        Fault.STALE,
                        "Model %s was changed meanwhile: look at it and try again.".formatted(version.key())));
    }

    /** @throws FaultException STALE if it is not the stored one any more */
    void delete(ModelVersion version) {
        if (!models.delete(version.document()) && find(version.key()).isPresent()) {
            throw new FaultException(Fault.STALE, "Model %s was changed meanwhile.".formatted(version.key()));
        }
    }

    private List<ModelVersion> query(ObjectNode pattern) {
        return models.query(Query.containing(pattern)).stream()
                .map(ModelVersion::new)
                .toList();
    }

    private static ObjectNode pattern(ModelName model) {
        return JobJson.newObject().put("namespace", model.namespace()).put("name", model.name());
    }
}
