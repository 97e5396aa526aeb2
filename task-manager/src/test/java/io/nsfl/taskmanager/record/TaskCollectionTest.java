package io.nsfl.taskmanager.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.protocol.v1.Assignment;
import io.nsfl.protocol.v1.Resources;
import io.nsfl.protocol.v1.TaskKind;
import io.nsfl.protocol.v1.TaskRef;
import io.nsfl.servicekit.time.ManualTimers;
import io.nsfl.storage.DocumentStores;
import io.nsfl.storage.document.CollectionSpec;
import io.nsfl.storage.document.DatabaseSettings;
import io.nsfl.storage.document.Document;
import io.nsfl.storage.document.DocumentCollection;
import io.nsfl.storage.document.DocumentStore;
import io.nsfl.storage.document.Query;
import io.nsfl.storage.document.UniqueKey;
import io.nsfl.taskmanager.task.ClientStore;
import io.nsfl.taskmanager.task.TaskRecord;
import io.nsfl.taskmanager.task.TaskState;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TaskCollectionTest {
    private final DocumentStore database = DocumentStores.open(DatabaseSettings.memory());
    private final ManualTimers timers = new ManualTimers(Instant.EPOCH);
    private boolean away;
    private final TaskCollection collection = new TaskCollection(guarded(), "tasks", "c-1", Runnable::run, timers);

    /** The same store, whose collections fail while the database is away. */
    private DocumentStore guarded() {
        return new DocumentStore() {
            @Override
            public DocumentCollection collection(CollectionSpec spec) {
                return guarded(database.collection(spec));
            }

            @Override
            public void close() {
                database.close();
            }
        };
    }

    private DocumentCollection guarded(DocumentCollection real) {
        return (DocumentCollection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {DocumentCollection.class}, (proxy, method, arguments) -> {
                    if (away) {
                        throw new FaultException(Fault.DATABASE_UNAVAILABLE, "The database is away.");
                    }
                    return method.invoke(real, arguments);
                });
    }

    private static TaskRecord task(int round, TaskState state) {
        TaskRef ref = TaskRef.newBuilder()
                .setNamespace("default")
                .setJob("mnist")
                .setRun("run-1")
                .setRound(round)
                .setKind(TaskKind.TASK_KIND_TRAIN)
                .build();
        return new TaskRecord(
                "train-mnist-9090-" + round,
                Assignment.newBuilder().setTask(ref).build(),
                state,
                Resources.newBuilder().setWorkerNum(2).setCpu(1).build(),
                Optional.empty(),
                0,
                Optional.empty(),
                "",
                Instant.EPOCH,
                Instant.EPOCH,
                Instant.EPOCH);
    }

    private List<String> recorded() {
        return database
                .collection(CollectionSpec.of("tasks", UniqueKey.of("client", "task_id")))
                .query(Query.containing(JobJson.newObject().put("job_name", "mnist")))
                .stream()
                .map(Document::data)
                .map(task ->
                        task.path("round").asInt() + " " + task.path("status").asString())
                .toList();
    }

    @Test
    void recordsTheLatestStateOfEachTask() {
        collection.note(task(1, TaskState.READY));
        collection.note(task(2, TaskState.READY));
        collection.note(task(1, TaskState.RUNNING));

        assertThat(recorded()).containsExactlyInAnyOrder("1 running", "2 ready");
    }

    @Test
    void waitsForADatabaseThatIsAway() {
        away = true;
        collection.note(task(1, TaskState.READY));
        collection.note(task(1, TaskState.RUNNING));
        timers.advance(Duration.ofMinutes(1));
        assertThat(recorded()).isEmpty();

        away = false;
        timers.advance(Duration.ofMinutes(1));

        assertThat(recorded()).containsExactly("1 running");
    }

    @Test
    void beginsWithWhatTheClientAlreadyHas(@TempDir Path directory) {
        try (ClientStore store = ClientStore.open(directory.resolve("lmdb"))) {
            store.put(task(1, TaskState.HELD));

            store.writeBehind(collection::note);
            store.put(task(2, TaskState.READY));

            assertThat(recorded()).containsExactly("1 held", "2 ready");
        }
    }
}
