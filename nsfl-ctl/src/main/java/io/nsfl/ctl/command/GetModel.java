package io.nsfl.ctl.command;

import io.nsfl.ctl.api.ModelsApi;
import io.nsfl.ctl.output.Format;
import io.nsfl.ctl.output.ModelTables;
import io.nsfl.protocol.job.JobJson;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** Shows a namespace's models, a model's versions, or all of one version. */
@Command(
        name = "model",
        aliases = {"models"},
        description = "Show models of a namespace, versions of a model, or one version.")
public final class GetModel implements Callable<Integer> {
    private static final List<String> SHOWN =
            List.of("namespace", "name", "runtime", "id", "state", "version_info", "model_path", "error_msg");

    private final Session session;

    @Mixin
    private ModelArguments model;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "One version as ${COMPLETION-CANDIDATES} (json without it).")
    private Format format;

    public GetModel(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        ModelsApi models = session.models();
        if (model.id() == null && model.name() == null) {
            ModelTables.models(model.namespace(), models.list(model.namespace()), session.out());
        } else if (model.id() == null && model.version() == null) {
            List<ObjectNode> versions = models.get(model.namespace(), model.name(), null);
            ModelTables.versions(model.namespace(), model.name(), versions, session.out());
        } else {
            ObjectNode found = model.detail(models);
            ObjectNode shown = JobJson.newObject();
            SHOWN.forEach(
                    field -> shown.set(field, found.path(field).isMissingNode() ? shown.nullNode() : found.get(field)));
            (format == null ? Format.json : format).print(shown, session.out());
        }
        return 0;
    }
}
