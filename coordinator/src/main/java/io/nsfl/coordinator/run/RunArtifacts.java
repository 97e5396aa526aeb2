package io.nsfl.coordinator.run;

import com.google.protobuf.ByteString;
import io.nsfl.coordinator.checkpoint.Digests;
import io.nsfl.coordinator.round.ArtifactFile;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.Artifact;
import io.nsfl.protocol.v1.ArtifactKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The artifacts that stay the same for a whole run: the model file as it was given, and the scripts. */
public final class RunArtifacts {
    private static final String WEIGHTS = "weights.safetensors";
    private static final String MEMORY = "control_variates.safetensors";

    private final List<ArtifactFile> files;

    private RunArtifacts(List<ArtifactFile> files) {
        this.files = List.copyOf(files);
    }

    /**
     * @param scripts directory of the scripts that the server sends; empty = the clients have their own
     * @param scratch a directory for what has to be made
     */
    public static RunArtifacts of(Path template, Optional<Path> scripts, Path scratch) {
        List<ArtifactFile> files = new ArrayList<>();
        files.add(file("template" + suffix(template), ArtifactKind.ARTIFACT_KIND_TEMPLATE, template));
        scripts.ifPresent(directory -> files.add(file(
                "scripts.zip",
                ArtifactKind.ARTIFACT_KIND_SCRIPTS,
                ScriptsArchive.write(directory, scratch.resolve("scripts.zip")))));
        return new RunArtifacts(files);
    }

    /** Digest of the scripts' archive, lower case hex; empty = there is none. */
    String scriptsSha256() {
        return files.stream()
                .map(ArtifactFile::artifact)
                .filter(artifact -> artifact.getKind() == ArtifactKind.ARTIFACT_KIND_SCRIPTS)
                .map(artifact -> HexFormat.of().formatHex(artifact.getSha256().toByteArray()))
                .findAny()
                .orElse("");
    }

    /** Names that no other artifact of a task may have. */
    Set<String> names() {
        return Stream.concat(files.stream().map(file -> file.artifact().getName()), Stream.of(WEIGHTS, MEMORY))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** These, the weights of one round, and what the algorithm sends beside them. @param memory empty = nothing */
    public List<ArtifactFile> with(Path weights, Optional<Path> memory) {
        List<ArtifactFile> all = new ArrayList<>(files);
        all.add(file(WEIGHTS, ArtifactKind.ARTIFACT_KIND_WEIGHTS, weights));
        memory.ifPresent(kept -> all.add(file(MEMORY, ArtifactKind.ARTIFACT_KIND_CONTROL_VARIATES, kept)));
        return all;
    }

    static ArtifactFile file(String name, ArtifactKind kind, Path path) {
        try {
            return new ArtifactFile(
                    Artifact.newBuilder()
                            .setName(name)
                            .setKind(kind)
                            .setSize(Files.size(path))
                            .setSha256(ByteString.copyFrom(Digests.sha256(path)))
                            .build(),
                    path);
        } catch (IOException failed) {
            throw new FaultException(
                    Fault.STORAGE_UNAVAILABLE, "Cannot read " + path + ": " + failed.getMessage() + ".", failed);
        }
    }

    /** With its dot; empty when the name has none. */
    static String suffix(Path file) {
        String name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return dot < 0 ? "" : name.substring(dot);
    }
}
