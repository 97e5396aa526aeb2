package io.nsfl.ctl.command;

import io.nsfl.ctl.api.ModelsApi;
import io.nsfl.ctl.upload.DataServer;
import io.nsfl.ctl.upload.Download;
import io.nsfl.ctl.upload.RemoteFile;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** Fetches one version of a model; a call that was broken off is continued by the next one. */
@Command(name = "model", description = "Download a model.")
public final class DownloadModel implements Callable<Integer> {
    private final Session session;

    @Mixin
    private ModelArguments model;

    @Option(
            names = {"-l", "--local-path"},
            paramLabel = "DIR",
            description = "Where to put it (default: here); made if absent.")
    private Path directory;

    public DownloadModel(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        ModelsApi models = session.models();
        ObjectNode detail = model.detail(models);
        String key = detail.path("storage_info").path(1).asString("").replaceFirst("^/+", "");
        String name = key.substring(key.lastIndexOf('/') + 1);
        String state = detail.path("state").asString("unknown");
        if (!state.equals("ready") || name.isEmpty() || name.equals("..") || name.contains("\\")) {
            throw new FaultException(
                    Fault.MODEL_NOT_FOUND,
                    "the model " + detail.path("id").asString("") + " has no whole file: its state is " + state);
        }
        session.out().println("start download model");
        Path target = directory == null ? Path.of("") : directory;
        Path file = new Download(session.screen())
                .fetch(
                        remote(models, detail, key, name),
                        target.toAbsolutePath().normalize());
        session.out().println("download success, path: " + file);
        return 0;
    }

    private RemoteFile remote(ModelsApi models, ObjectNode detail, String key, String name) {
        String bucket = detail.path("storage_info").path(0).asString("");
        if (session.config().hasDataServer()) {
            DataServer data = session.data();
            if (data.hasBucket(bucket)) {
                return data.open(bucket, key, name);
            }
        }
        ModelsApi.Held held = models.held(detail);
        return new RemoteFile(
                name, held.length(), held.digest(), (offset, length) -> models.read(detail, offset, length));
    }
}
