package io.nsfl.scheduler.models;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;

/** Finds a model that a job names by its id. */
public final class ModelLookup {
    private final ModelManagerCalls models;

    public ModelLookup(ModelManagerCalls models) {
        this.models = models;
    }

    /**
     * The model, ready and of this namespace.
     *
     * @throws FaultException MODEL_NOT_FOUND if there is none that can be used, UNAVAILABLE if that cannot be told now
     */
    public StoredModel require(String namespace, String id) {
        StoredModel model = models.find(id)
                .orElseThrow(() -> refused(
                        "The model id %s is not known to the model store: correct model_id, or upload the model."
                                .formatted(id)));
        if (!model.namespace().equals(namespace)) {
            throw refused("The model %s belongs to namespace %s: a job uses models of its own namespace, which is %s."
                    .formatted(id, model.namespace(), namespace));
        }
        if (!model.state().equals(StoredModel.READY)) {
            throw refused("The model %s is %s: a job can start from a ready model only.".formatted(id, model.state()));
        }
        return model;
    }

    private static FaultException refused(String sentence) {
        return new FaultException(Fault.MODEL_NOT_FOUND, sentence);
    }
}
