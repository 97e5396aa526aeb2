package io.nsfl.taskmanager.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.Artifact;
import io.nsfl.protocol.v1.TaskRef;
import io.nsfl.taskmanager.ids.TaskKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArtifactCacheTest {
    @TempDir
    Path directory;

    @Test
    void holdsNothingForATaskThatWasReleasedWhileItFetched() throws IOException, InterruptedException {
        ArtifactCache cache = new ArtifactCache(directory, 1000);
        Path file = Files.writeString(directory.resolve("00".repeat(32)), "weights");
        Artifact artifact = Artifact.newBuilder()
                .setName("weights")
                .setSize(7)
                .setSha256(ByteString.copyFrom(new byte[32]))
                .build();
        TaskRef task = TaskRef.getDefaultInstance();
        Thread.currentThread().interrupt();
        cache.release(TaskKey.of(task));

        assertThatThrownBy(() -> cache.obtain(artifact, task, null)).isInstanceOf(FaultException.class);
        assertThat(Thread.interrupted()).isTrue();
        cache.retain(Set.of());

        assertThat(file).doesNotExist();
    }
}
