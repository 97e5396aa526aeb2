package io.nsfl.coordinator.round;

import io.nsfl.protocol.v1.Artifact;
import java.nio.file.Path;

/** An artifact of a task and the file that holds exactly its bytes. */
public record ArtifactFile(Artifact artifact, Path file) {}
