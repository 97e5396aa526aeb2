package io.nsfl.ctl.command;

import io.nsfl.ctl.upload.Upload;
import io.nsfl.ctl.upload.Workspace;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** The files a job is made of, uploaded before the job is told. */
final class JobSources {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "NAMESPACE", description = "Namespace of the job.")
    private String namespace;

    @Option(
            names = {"-f", "--job-config-path"},
            paramLabel = "FILE",
            description = "The job configuration.")
    private Path configFile;

    @Option(
            names = {"-m", "--model-path"},
            paramLabel = "FILE",
            description = "The initial model to upload.")
    private Path model;

    @Option(
            names = {"-s", "--scripts-path"},
            paramLabel = "DIR",
            description = "The scripts to upload.")
    private Path scripts;

    @Option(
            names = {"-e", "--extender-script-path"},
            paramLabel = "DIR",
            description = "The extender's scripts to upload.")
    private Path extender;

    @Option(
            names = {"-w", "--workspace"},
            paramLabel = "DIR",
            description =
                    "A directory with config.json, model/, scripts/ and extender/; the other options are ignored.")
    private Path workspace;

    String namespace() {
        return namespace;
    }

    /**
     * Uploads what was named and gives the job object with its paths filled in.
     *
     * @param checked sees the job object before anything is sent, and may refuse it
     */
    ObjectNode uploaded(Session session, Consumer<ObjectNode> checked) {
        present(workspace, true);
        if (workspace != null) {
            Workspace read = Workspace.read(workspace);
            checked.accept(read.job());
            if (read.passesOverScripts()) {
                session.out().println("scripts/ is empty and is passed over: the clients' own task_entry is used");
            }
            new Upload(session.data(), session.screen()).send(read.directory(), namespace, read.prefix());
            session.out().println("upload success.");
            session.out().println();
            return read.job();
        }
        present(configFile, false);
        present(model, false);
        present(scripts, true);
        present(extender, true);
        if (configFile == null) {
            throw new ParameterException(spec.commandLine(), "Missing option: -w DIR or -f FILE says what the job is.");
        }
        ObjectNode job = Workspace.JobFile.read(configFile);
        checked.accept(job);
        if (model != null) {
            String key = job.path("model_path").asString("");
            key = key.isBlank() ? model.getFileName().toString() : key;
            job.put("model_path", key);
            send(session, model, key);
        }
        if (scripts != null) {
            send(session, scripts, directory(job, "scripts", "path", scripts));
        }
        if (extender != null) {
            send(
                    session,
                    extender,
                    directory(job, job.has("extenders") ? "extenders" : "extender", "script_path", extender));
        }
        return job;
    }

    private void send(Session session, Path source, String key) {
        new Upload(session.data(), session.screen())
                .send(source.toAbsolutePath().normalize(), namespace, key.replaceFirst("^/+", ""));
        session.out().println();
        session.out().println("upload success.");
    }

    private static String directory(ObjectNode job, String field, String pathField, Path source) {
        if (!(job.get(field) instanceof ObjectNode object)) {
            throw new FaultException(
                    Fault.CONFIGURATION_INVALID,
                    "the job configuration has no " + field + ", but a directory for it was given");
        }
        String path = object.path(pathField).asString("");
        if (path.isBlank()) {
            path = source.toAbsolutePath().normalize().getFileName().toString();
            object.put(pathField, path);
        }
        return path;
    }

    private void present(Path path, boolean directory) {
        if (path != null && !(directory ? Files.isDirectory(path) : Files.isRegularFile(path))) {
            throw new ParameterException(
                    spec.commandLine(),
                    "Invalid value: " + (directory ? "Directory" : "File") + " \"" + path + "\" does not exist.");
        }
    }
}
