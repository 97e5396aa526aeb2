package io.nsfl.ctl.upload;

import io.nsfl.ctl.api.ModelsApi;
import io.nsfl.ctl.output.ProgressLine;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.node.ObjectNode;

/**
 * A model's bytes to where the model-manager wants them: the data server, or the manager itself where no data server is set or it
 * lacks the models' bucket. The manager hears every 3 s how far it is, and at the end how it ended.
 */
public final class ModelUpload {
    private static final int REPORT_SECONDS = 3;
    private static final int TRIES = 5;

    private final ModelsApi models;
    private final Optional<DataServer> data;
    private final ProgressLine.Screen screen;
    private final Pause pause;

    /** What lies between two tries. */
    @FunctionalInterface
    public interface Pause {
        /** @param attempt how often it failed, from 1 */
        void after(int attempt) throws InterruptedException;
    }

    public ModelUpload(ModelsApi models, Optional<DataServer> data, ProgressLine.Screen screen, Pause pause) {
        this.models = models;
        this.data = data;
        this.screen = screen;
        this.pause = pause;
    }

    /** @param detail the model's, as the manager gave it */
    public void send(Path file, ObjectNode detail) {
        String id = detail.path("id").asString("");
        try {
            ProgressLine progress = screen.file(file.getFileName().toString(), Files.size(file));
            try (ScheduledExecutorService reports = Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().factory())) {
                reports.scheduleAtFixedRate(
                        () -> tell(id, progress.percent()), REPORT_SECONDS, REPORT_SECONDS, TimeUnit.SECONDS);
                try {
                    moved(file, detail, progress);
                } finally {
                    reports.shutdownNow();
                }
            }
            progress.done();
        } catch (IOException e) {
            failed(id, e.getMessage());
            throw new FaultException(Fault.CONFIGURATION_INVALID, file + " cannot be read: " + e.getMessage(), e);
        } catch (FaultException e) {
            failed(id, e.getMessage());
            throw e;
        }
        if (!"ready".equals(models.byId(id).path("state").asString(""))) {
            models.report(id, "success", 100, null);
        }
    }

    private void moved(Path file, ObjectNode detail, ProgressLine progress) throws IOException {
        String bucket = detail.path("storage_info").path(0).asString("");
        String key = detail.path("storage_info").path(1).asString("").replaceFirst("^/+", "");
        if (data.isPresent() && data.get().hasBucket(bucket)) {
            data.get().put(bucket, key, file, progress);
            return;
        }
        throughTheManager(Parts.of(file, Files.size(file)), detail, progress);
    }

    /** In order, because the manager appends; where the connection breaks it is asked how far it came. */
    private void throughTheManager(Parts parts, ObjectNode detail, ProgressLine progress) throws IOException {
        long size = parts.size();
        String sha256 = Download.digest(parts.file(), "SHA-256");
        long offset = arrived(detail, sha256, size);
        progress.skip(offset);
        if (offset == size && size > 0) {
            return;
        }
        int broken = 0;
        try (RandomAccessFile bytes = new RandomAccessFile(parts.file().toFile(), "r")) {
            do {
                byte[] part = new byte[(int) Math.min(Parts.SMALLEST, size - offset)];
                bytes.seek(offset);
                bytes.readFully(part);
                try {
                    models.put(detail, part, offset, size, sha256);
                    offset += part.length;
                    progress.add(part.length);
                    broken = 0;
                } catch (FaultException e) {
                    broken++;
                    if (broken == TRIES || !passing(e)) {
                        throw e;
                    }
                    paused(broken, e);
                    long held = arrived(detail, sha256, size);
                    progress.add(held - offset);
                    offset = held;
                }
            } while (offset < size);
        }
    }

    /** The manager may still wait for the rest of what broke off. */
    private static boolean passing(FaultException failure) {
        return Broken.is(failure) || failure.fault() == Fault.MODEL_CONTENT_CONFLICT;
    }

    private void paused(int attempt, FaultException failure) {
        try {
            pause.after(attempt);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure;
        }
    }

    /** How much of the file the manager has; all of it only if its digest is the file's. */
    private long arrived(ObjectNode detail, String sha256, long size) {
        ModelsApi.Held held = models.held(detail);
        if (held.digest().equalsIgnoreCase(sha256)) {
            return size;
        }
        return held.digest().isEmpty() ? Math.min(held.length(), size) : 0;
    }

    private void tell(String id, int percent) {
        try {
            models.report(id, "uploading", percent, null);
        } catch (FaultException e) {
            // The next report, or the upload itself, tells whether the manager is there.
        }
    }

    private void failed(String id, String reason) {
        try {
            models.report(id, "failed", 0, reason);
        } catch (FaultException e) {
            // The upload's own failure is what the user has to hear.
        }
    }
}
