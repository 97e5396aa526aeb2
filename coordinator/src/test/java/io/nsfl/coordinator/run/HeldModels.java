package io.nsfl.coordinator.run;

import io.nsfl.coordinator.checkpoint.Digests;
import io.nsfl.coordinator.round.RoundDesk;
import io.nsfl.modelformats.delta.DeltaReader;
import io.nsfl.protocol.transfer.FileSink;
import io.nsfl.protocol.v1.Artifact;
import io.nsfl.protocol.v1.ArtifactDelta;
import io.nsfl.protocol.v1.ArtifactKind;
import io.nsfl.protocol.v1.TaskDescription;
import io.nsfl.protocol.v1.TaskRef;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The last model of each client, as a client keeps it that gets the next by a delta. */
final class HeldModels {
    private final Path directory;
    private final Map<String, Path> held = new HashMap<>();
    private final List<String> ways = new ArrayList<>();

    HeldModels(Path directory) {
        this.directory = directory;
    }

    /** {@code <client> <round> delta} or {@code full} for each new model. */
    List<String> ways() {
        return ways;
    }

    /** The client fetches its task's model; fails if what it comes to is another. */
    void fetch(TaskRef task, TaskDescription description, RoundDesk desk) {
        Artifact model = description.getArtifactsList().stream()
                .filter(artifact -> artifact.getKind() == ArtifactKind.ARTIFACT_KIND_WEIGHTS)
                .findFirst()
                .orElseThrow();
        String client = task.getClientId();
        Optional<Path> before = Optional.ofNullable(held.get(client));
        if (before.filter(file -> has(file, model.getSha256().toByteArray())).isPresent()) {
            return;
        }
        try {
            Path file = Files.createTempFile(directory, "held", ".safetensors");
            Optional<ArtifactDelta> delta = before.flatMap(base -> model.getDeltasList().stream()
                    .filter(offered -> has(base, offered.getBaseSha256().toByteArray()))
                    .findFirst());
            Path source = desk.artifact(task, delta.map(ArtifactDelta::getName).orElse(model.getName()))
                    .file();
            try (FileSink sink = FileSink.open(file, 0, model.getSize())) {
                if (delta.isPresent()) {
                    DeltaReader.apply(before.orElseThrow(), source, sink);
                } else {
                    Files.copy(source, file, StandardCopyOption.REPLACE_EXISTING);
                }
            }
            if (!has(file, model.getSha256().toByteArray())) {
                throw new AssertionError("The model of " + task + " came out with other bytes");
            }
            held.put(client, file);
            ways.add(client + " " + task.getRound() + (delta.isPresent() ? " delta" : " full"));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static boolean has(Path file, byte[] sha256) {
        return Arrays.equals(Digests.sha256(file), sha256);
    }
}
