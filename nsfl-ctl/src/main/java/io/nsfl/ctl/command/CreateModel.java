package io.nsfl.ctl.command;

import io.nsfl.ctl.api.ModelsApi;
import io.nsfl.ctl.upload.ModelCopy;
import io.nsfl.ctl.upload.ModelUpload;
import io.nsfl.protocol.job.JobJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** Registers a model: uploads a file, or has one copied that lies in a namespace. An upload that failed before is continued. */
@Command(name = "model", description = "Create a model from a local file or from one in a namespace.")
public final class CreateModel implements Callable<Integer> {
    private static final long PAUSE_MILLIS = 100;
    private static final long COPY_POLL_MILLIS = 200;
    private static final Set<String> RUNTIMES = Set.of("tf", "torch", "dl4j");

    private final Session session;

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "NAMESPACE", description = "Namespace of the model.")
    private String namespace;

    @Parameters(index = "1", paramLabel = "NAME", description = "Name of the model.")
    private String name;

    @Option(
            names = {"-t", "--runtime"},
            required = true,
            paramLabel = "RUNTIME",
            description = "tf, torch or dl4j.")
    private String runtime;

    @Option(
            names = {"-l", "--local-model"},
            paramLabel = "FILE",
            description = "The file to upload.")
    private Path local;

    @Option(
            names = {"-r", "--remote-model"},
            paramLabel = "NAMESPACE:/PATH",
            description = "The file to copy, which lies in a namespace; wins over -l.")
    private String remote;

    @Option(
            names = {"-v", "--version"},
            paramLabel = "VERSION",
            description = "Its version; the next of V0, V1, ... without it.")
    private String version;

    @Option(
            names = {"-d", "--description"},
            paramLabel = "TEXT",
            description = "What it is.")
    private String description;

    public CreateModel(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws InterruptedException {
        String kind = runtime.toLowerCase(Locale.ROOT);
        if (!RUNTIMES.contains(kind)) {
            throw new ParameterException(
                    spec.commandLine(), "Invalid value for -t: " + runtime + " (choose from tf, torch, dl4j).");
        }
        ObjectNode model = JobJson.newObject().put("name", name).put("runtime", kind);
        if (version != null) {
            model.put("version", version);
        }
        if (description != null) {
            model.put("description", description);
        }
        ModelsApi models = session.models();
        if (remote != null) {
            new ModelCopy(models, () -> TimeUnit.MILLISECONDS.sleep(COPY_POLL_MILLIS))
                    .finish(models.create(namespace, model.put("model_path", remote)));
            session.out().println("create model success");
            return 0;
        }
        upload(models, model, kind);
        return 0;
    }

    private void upload(ModelsApi models, ObjectNode model, String kind) {
        if (local == null) {
            throw new ParameterException(spec.commandLine(), "Missing option: -l FILE or -r NAMESPACE:/PATH.");
        }
        if (!Files.isRegularFile(local)) {
            throw new ParameterException(
                    spec.commandLine(), "Invalid value for -l: File \"" + local + "\" does not exist.");
        }
        Path file = local.toAbsolutePath().normalize();
        String fileName = file.getFileName().toString();
        ObjectNode detail = brokenOff(models, kind, fileName)
                .orElseGet(() -> models.create(namespace, model.put("file_name", fileName)));
        session.out().println("start upload model");
        new ModelUpload(
                        models,
                        session.config().hasDataServer() ? Optional.of(session.data()) : Optional.empty(),
                        session.screen(),
                        attempt -> TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS << attempt))
                .send(file, detail);
        session.out().println("create model success");
    }

    /** The version of an earlier call with the same words whose upload failed. */
    private Optional<ObjectNode> brokenOff(ModelsApi models, String kind, String fileName) {
        return models.list(namespace).getOrDefault(name, java.util.List.of()).stream()
                .filter(found -> "error".equals(found.path("state").asString("")))
                .filter(found -> kind.equals(found.path("runtime").asString("")))
                .filter(found -> fileName.equals(found.path("file_name").asString("")))
                .filter(found -> version == null
                        || version.equals(
                                found.path("version_info").path("version").asString("")))
                .reduce((earlier, later) -> later);
    }
}
