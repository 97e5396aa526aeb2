package io.nsfl.ctl.command;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Deletes one version of a model, or all of them. */
@Command(name = "model", description = "Delete a model: one version, or all without VERSION.")
public final class DeleteModel implements Callable<Integer> {
    private final Session session;

    @Mixin
    private ModelArguments model;

    public DeleteModel(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        if (model.id() != null) {
            session.models().deleteById(model.id());
        } else {
            session.models().delete(model.namespace(), model.requiredName(), model.version());
        }
        session.out().println("delete model success");
        return 0;
    }
}
