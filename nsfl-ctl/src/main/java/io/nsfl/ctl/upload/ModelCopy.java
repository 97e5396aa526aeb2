package io.nsfl.ctl.upload;

import io.nsfl.ctl.api.ModelsApi;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import tools.jackson.databind.node.ObjectNode;

/** A copy that the model-manager makes in the store: it answers at once and copies after that, so that its end is asked for. */
public final class ModelCopy {
    private final ModelsApi models;
    private final Pause pause;

    /** What lies between two questions. */
    @FunctionalInterface
    public interface Pause {
        void take() throws InterruptedException;
    }

    public ModelCopy(ModelsApi models, Pause pause) {
        this.models = models;
        this.pause = pause;
    }

    /**
     * Returns when the copy is whole.
     *
     * @param detail the model's, as the manager gave it
     * @throws FaultException if the manager gave up, with its reason
     */
    public void finish(ObjectNode detail) throws InterruptedException {
        String id = detail.path("id").asString("");
        ObjectNode now = detail;
        while ("unready".equals(state(now))) {
            pause.take();
            now = models.byId(id);
        }
        if (!"ready".equals(state(now))) {
            throw new FaultException(
                    Fault.MODEL_ABSENT,
                    "Model " + id + " was not copied from "
                            + detail.path("model_path").asString("") + ": "
                            + now.path("error_msg").asString("its state is " + state(now)));
        }
    }

    private static String state(ObjectNode detail) {
        return detail.path("state").asString("");
    }
}
