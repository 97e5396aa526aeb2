package io.nsfl.taskmanager.flow;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.nsfl.protocol.v1.Artifact;
import io.nsfl.protocol.v1.ArtifactKind;
import io.nsfl.protocol.v1.Assignment;
import io.nsfl.protocol.v1.Resources;
import io.nsfl.protocol.v1.TaskDescription;
import io.nsfl.protocol.v1.TaskRef;
import io.nsfl.taskmanager.task.TaskRecord;
import io.nsfl.taskmanager.task.TaskState;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReusedWeightsTest {
    private static final Instant NOW = Instant.parse("2026-01-02T00:00:00Z");

    @Test
    void areTheLastOfEachJobThatSendsDeltas() {
        List<TaskRecord> tasks = List.of(
                task("a", "run-1", 1, TaskState.SETTLED, described(0x01, true)),
                task("a", "run-2", 2, TaskState.SETTLED, described(0x02, true)),
                // Not described yet: what it will be made of is still needed.
                task("a", "run-2", 3, TaskState.FETCHING, Optional.empty()),
                task("b", "run-3", 4, TaskState.RUNNING, described(0x03, true)),
                task("c", "run-4", 5, TaskState.SETTLED, described(0x04, false)));

        assertThat(ReusedWeights.of(tasks, NOW)).containsExactlyInAnyOrder("02", "03");
    }

    @Test
    void areForgottenWhenNothingIsHeardOfTheJob() {
        List<TaskRecord> tasks = List.of(
                task("a", "run-1", 1, TaskState.SETTLED, described(0x01, true)),
                task("b", "run-2", 1, TaskState.RUNNING, described(0x02, true)));

        assertThat(ReusedWeights.of(tasks, NOW.plus(ReusedWeights.UNUSED))).containsExactly("02");
    }

    private static Optional<TaskDescription> described(int digest, boolean reused) {
        return Optional.of(TaskDescription.newBuilder()
                .setWeightsReused(reused)
                .addArtifacts(Artifact.newBuilder()
                        .setKind(ArtifactKind.ARTIFACT_KIND_WEIGHTS)
                        .setSha256(ByteString.copyFrom(new byte[] {(byte) digest})))
                .addArtifacts(Artifact.newBuilder()
                        .setKind(ArtifactKind.ARTIFACT_KIND_TEMPLATE)
                        .setSha256(ByteString.copyFrom(new byte[] {99})))
                .build());
    }

    private static TaskRecord task(
            String job, String run, int minute, TaskState state, Optional<TaskDescription> description) {
        Instant at = NOW.minusSeconds(3600).plusSeconds(60L * minute);
        TaskRef ref = TaskRef.newBuilder()
                .setNamespace("default")
                .setJob(job)
                .setRun(run)
                .setRound(minute)
                .build();
        return new TaskRecord(
                job + minute,
                Assignment.newBuilder().setTask(ref).build(),
                state,
                Resources.getDefaultInstance(),
                description,
                0,
                Optional.empty(),
                "",
                at,
                at.plusSeconds(600),
                at);
    }
}
