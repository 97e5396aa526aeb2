package io.nsfl.ctl.command;

import io.nsfl.ctl.api.ModelsApi;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** Which model: by id, or by namespace, name and version. */
final class ModelArguments {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Parameters(index = "0", arity = "0..1", paramLabel = "NAMESPACE", description = "Namespace of the model.")
    private String namespace;

    @Parameters(index = "1", arity = "0..1", paramLabel = "NAME", description = "Name of the model.")
    private String name;

    @Parameters(index = "2", arity = "0..1", paramLabel = "VERSION", description = "Version of the model.")
    private String version;

    @Option(
            names = {"-id", "--model-id"},
            paramLabel = "ID",
            description = "Id of the model; the names are not needed then.")
    private String id;

    String namespace() {
        return required(namespace, "NAMESPACE");
    }

    /** May be null. */
    String name() {
        return name;
    }

    String requiredName() {
        return required(name, "NAME");
    }

    String requiredVersion() {
        return required(version, "VERSION");
    }

    /** May be null. */
    String version() {
        return version;
    }

    /** May be null. */
    String id() {
        return id;
    }

    /** The one version that is meant. */
    ObjectNode detail(ModelsApi models) {
        if (id != null) {
            return models.byId(id);
        }
        List<ObjectNode> found = models.get(namespace(), requiredName(), requiredVersion());
        if (found.isEmpty()) {
            throw new FaultException(
                    Fault.MODEL_NOT_FOUND,
                    "the model " + name + " has no version " + version + " in the namespace " + namespace
                            + ": 'nsfl-ctl get model " + namespace + " " + name + "' lists them");
        }
        return found.getFirst();
    }

    private String required(String given, String label) {
        if (given == null) {
            throw new ParameterException(
                    spec.commandLine(), "Missing argument \"" + label + "\": give it, or the model's id by -id ID.");
        }
        return given;
    }
}
