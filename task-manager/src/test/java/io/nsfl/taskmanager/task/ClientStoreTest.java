package io.nsfl.taskmanager.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.Assignment;
import io.nsfl.protocol.v1.Resources;
import io.nsfl.protocol.v1.TaskDescription;
import io.nsfl.protocol.v1.TaskKind;
import io.nsfl.protocol.v1.TaskRef;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientStoreTest {
    @TempDir
    Path directory;

    private static TaskRecord task(int round, int bytes) {
        TaskRef ref = TaskRef.newBuilder()
                .setNamespace("default")
                .setJob("job")
                .setRun("run")
                .setRound(round)
                .setKind(TaskKind.TASK_KIND_EVALUATE)
                .build();
        return new TaskRecord(
                "evaluate-job-1-" + round,
                Assignment.newBuilder().setTask(ref).build(),
                TaskState.HELD,
                Resources.newBuilder().setCpu(1.5).build(),
                Optional.of(TaskDescription.newBuilder()
                        .setBaseDigest(ByteString.copyFrom(new byte[bytes]))
                        .build()),
                1,
                Optional.of(new TaskResult("/update", "00ff", Map.of("loss", 0.25), "", "", 12)),
                "why",
                Instant.ofEpochMilli(1),
                Instant.ofEpochMilli(2),
                Instant.ofEpochMilli(3));
    }

    @Test
    void namesADirectoryThatLmdbCannotUse() throws Exception {
        Files.writeString(directory.resolve("data.mdb"), "no database ".repeat(1_000));
        assertThatThrownBy(() -> ClientStore.open(directory))
                .isInstanceOfSatisfying(
                        FaultException.class, e -> assertThat(e.fault()).isEqualTo(Fault.CONFIGURATION_INVALID))
                .hasMessageContaining("lmdb_path " + directory);
    }

    @Test
    void givesBackWhatWasWrittenAfterItWasOpenedAgain() {
        try (ClientStore store = ClientStore.open(directory)) {
            store.put(task(1, 10));
            store.putCredential("nsfl-x-1", "secret");
        }
        try (ClientStore store = ClientStore.open(directory)) {
            assertThat(store.tasks()).containsExactly(task(1, 10));
            assertThat(store.credential("nsfl-x-1")).contains("secret");
            assertThat(store.credential("nsfl-x-2")).isEmpty();
        }
    }

    @Test
    void forgetsWhatItIsToldTo() {
        try (ClientStore store = ClientStore.open(directory)) {
            store.put(task(1, 10));
            store.put(task(2, 10));
            store.putCredential("nsfl-x-1", "secret");

            store.forget(task(1, 10).key());
            store.forgetExecutor("nsfl-x-1");

            assertThat(store.tasks()).containsExactly(task(2, 10));
            assertThat(store.credentials()).isEmpty();
        }
    }

    @Test
    void growsWhenItsMapIsFull() {
        try (ClientStore store = ClientStore.open(directory, 1 << 20)) {
            for (int round = 0; round < 60; round++) {
                store.put(task(round, 100_000));
            }
            assertThat(store.tasks()).hasSize(60);
        }
        try (ClientStore store = ClientStore.open(directory, 1 << 20)) {
            store.put(task(60, 100_000));
            assertThat(store.tasks()).hasSize(61);
        }
    }

    @Test
    void isReadableByItsOwnerOnly() throws Exception {
        Path own = directory.resolve("own");
        try (ClientStore store = ClientStore.open(own)) {
            store.put(task(1, 1));
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(own.resolve("data.mdb"))))
                .isEqualTo("rw-------");
    }

    @Test
    void refusesToBeUsedAfterItWasClosed() {
        ClientStore store = ClientStore.open(directory);
        store.close();

        assertThatThrownBy(() -> store.put(task(1, 1))).isInstanceOf(FaultException.class);
        assertThatThrownBy(store::tasks).isInstanceOf(FaultException.class);
    }

    @Test
    void refusesADirectoryThatItCannotMake() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));

        assertThatThrownBy(() -> ClientStore.open(file.resolve("lmdb")))
                .isInstanceOf(FaultException.class)
                .hasMessageContaining("lmdb_path");
    }
}
