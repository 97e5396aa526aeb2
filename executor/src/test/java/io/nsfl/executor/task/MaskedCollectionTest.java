package io.nsfl.executor.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.nsfl.executor.masking.PrivateUpdates;
import io.nsfl.executor.protect.UpdateFile;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.RunTaskRequest;
import io.nsfl.protocol.v1.TaskDescription;
import io.nsfl.protocol.v1.TaskKind;
import io.nsfl.protocol.v1.TaskRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MaskedCollectionTest {
    private static final TaskRef TASK = TaskRef.newBuilder()
            .setRound(1)
            .setAttempt(1)
            .setKind(TaskKind.TASK_KIND_EVALUATE)
            .build();

    @TempDir
    Path directory;

    /** The coordinator refuses them where it sees them; here nobody else can. */
    @ParameterizedTest
    @ValueSource(doubles = {0, -5, 0.4, 2.5})
    void samplesThatAreNoCountAreNotMasked(double samples) throws IOException {
        PrivateUpdates updates = new PrivateUpdates(directory.resolve("private"));

        assertThatThrownBy(() -> keep(updates, samples))
                .isInstanceOfSatisfying(
                        FaultException.class,
                        refused -> assertThat(refused.fault()).isEqualTo(Fault.BAD_WEIGHT));
        assertThat(updates.find(TASK)).isEmpty();
    }

    @Test
    void aCountIsKept() throws IOException {
        PrivateUpdates updates = new PrivateUpdates(directory.resolve("private"));

        keep(updates, 600);

        assertThat(updates.find(TASK).orElseThrow().metrics()).containsEntry("sample_num", 600.0);
    }

    private void keep(PrivateUpdates updates, double samples) throws IOException {
        Path base = Files.writeString(directory.resolve("base"), "a model");
        RunTaskRequest request = RunTaskRequest.newBuilder()
                .setBaseWeights(base.toString())
                .setDescription(TaskDescription.newBuilder()
                        .setTask(TASK)
                        .setBaseDigest(ByteString.copyFrom(UpdateFile.of(base).sha256())))
                .build();
        new MaskedCollection(request, updates).keep(() -> Map.of("sample_num", samples), _ -> {
            throw new IllegalStateException("An evaluation has no update");
        });
    }
}
