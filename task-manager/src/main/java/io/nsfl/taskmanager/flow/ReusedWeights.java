package io.nsfl.taskmanager.flow;

import io.nsfl.protocol.v1.ArtifactKind;
import io.nsfl.protocol.v1.TaskDescription;
import io.nsfl.taskmanager.task.TaskRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.stream.Collectors;

/** Which models are worth keeping for the next round: of each job that sends deltas the last one. */
final class ReusedWeights {
    /** A job that was not heard of for so long needs its last model no more: nobody tells a client that a run is over. */
    static final Duration UNUSED = Duration.ofDays(1);

    private ReusedWeights() {}

    /** @return SHA-256 digests, lower case hex */
    static Set<String> of(List<TaskRecord> tasks, Instant now) {
        Instant since = now.minus(UNUSED);
        return tasks.stream()
                .filter(task -> task.description()
                        .filter(TaskDescription::getWeightsReused)
                        .isPresent())
                .collect(Collectors.toMap(
                        task -> task.key().namespace() + "/" + task.key().job(),
                        task -> task,
                        BinaryOperator.maxBy(Comparator.comparing(TaskRecord::acceptedAt))))
                .values()
                .stream()
                .filter(task -> !task.state().over() || task.changedAt().isAfter(since))
                .flatMap(task -> task.description().orElseThrow().getArtifactsList().stream())
                .filter(artifact -> artifact.getKind() == ArtifactKind.ARTIFACT_KIND_WEIGHTS)
                .map(artifact -> HexFormat.of().formatHex(artifact.getSha256().toByteArray()))
                .collect(Collectors.toSet());
    }
}
