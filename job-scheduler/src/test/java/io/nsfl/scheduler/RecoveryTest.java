package io.nsfl.scheduler;

import static io.nsfl.scheduler.SchedulerFixture.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.protocol.v1.RunRef;
import io.nsfl.scheduler.fakes.FakeCoordinator;
import io.nsfl.storage.document.CollectionSpec;
import io.nsfl.storage.document.DocumentCollection;
import io.nsfl.storage.document.DocumentStore;
import io.nsfl.storage.document.UniqueKey;
import io.nsfl.storage.document.memory.MemoryDocumentStore;
import io.nsfl.workload.WorkloadEnd;
import io.nsfl.workload.WorkloadSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** What a restart of the job-scheduler finds, and does about it. */
class RecoveryTest {
    @TempDir
    private Path workspace;

    private final DocumentStore store = new MemoryDocumentStore();
    private SchedulerFixture scheduler;

    @BeforeEach
    void start() {
        scheduler = new SchedulerFixture(workspace, store, List.of());
    }

    @AfterEach
    void stop() {
        scheduler.close();
    }

    @Test
    void adoptsARunningCoordinator() {
        try (FakeCoordinator coordinator = new FakeCoordinator()) {
            WorkloadSpec launched = running(coordinator.address());
            coordinator.plays(RunRef.newBuilder()
                    .setNamespace("default")
                    .setJob("one")
                    .setRun(launched.revision().split("/")[0])
                    .setEpoch(1)
                    .build());
            String created = scheduler.get("one").path("create_time").asString();

            restart();

            until(() -> !coordinator.questions().isEmpty(), () -> "not asked");
            assertThat(scheduler.beat(launched, "RUNNING", 60).status()).isEqualTo(200);
            assertThat(scheduler.state("one")).isEqualTo("RUNNING");
            assertThat(scheduler.get("one").path("create_time").asString()).isEqualTo(created);
            assertThat(scheduler.launcher.launches()).hasSize(1);
            assertThat(scheduler.beat(launched, "FINISHED", 100).status()).isEqualTo(200);
            assertThat(scheduler.state("one")).isEqualTo("FINISHED");
        }
    }

    @Test
    void launchesACoordinatorAgainThatDiedMeanwhile() {
        WorkloadSpec launched = running("127.0.0.1:1");
        scheduler.shutDown();
        scheduler.launcher.end("default-one", new WorkloadEnd.Killed(9), "");

        scheduler.start();

        WorkloadSpec second = scheduler.awaitLaunch(2);
        assertThat(second.revision()).isEqualTo(launched.revision().replace("/1", "/2"));
        assertThat(scheduler.beat(second, "RUNNING", 30).status()).isEqualTo(200);
    }

    @Test
    void watchesAnAdoptedCoordinatorsEndAndSilence() {
        running("127.0.0.1:1");
        restart();
        until(() -> scheduler.time.pending() > 0, () -> "nothing expected");

        scheduler.launcher.end("default-one", new WorkloadEnd.Exited(1), "");

        assertThat(scheduler.awaitLaunch(2).revision()).endsWith("/2");
    }

    @Test
    void goesOnWithTheQueue() {
        waitsAndIsLaunchedAfterARestart();
    }

    @Test
    void goesOnWithAStop() {
        running("127.0.0.1:1");
        scheduler.send("PUT", "/namespaces/default/jobs/one:stop", null);
        restart();
        scheduler.awaitState("one", "STOPPING");

        until(
                () -> {
                    scheduler.time.advance(Duration.ofSeconds(5));
                    return scheduler.state("one").equals("STOPPED");
                },
                () -> scheduler.state("one"));
        assertThat(scheduler.launcher.stops()).contains("default-one");
    }

    @Test
    void endsACoordinatorWhoseJobIsGone() {
        WorkloadSpec launched = running("127.0.0.1:1");
        scheduler.shutDown();
        scheduler.launcher.launch(WorkloadSpec.of("default-gone", "r/1", launched.command())
                .label("component", "coordinator")
                .label("namespace", "default")
                .label("job", "gone")
                .build());

        scheduler.start();

        until(() -> scheduler.launcher.stops().contains("default-gone"), () -> "still there");
        assertThat(scheduler.state("one")).isEqualTo("RUNNING");
    }

    @Test
    void goesOnBesideAJobThatItDoesNotUnderstand() {
        DocumentCollection jobs = store.collection(CollectionSpec.of("jobs", UniqueKey.of("namespace", "id")));
        ObjectNode later = SchedulerFixture.job("aaa").put("namespace", "default");
        later.putObject("status").put("state", "OF_A_LATER_VERSION");
        jobs.insert(later);
        waitsAndIsLaunchedAfterARestart();
    }

    private void waitsAndIsLaunchedAfterARestart() {
        scheduler.selector.refuse("one", "No clients.");
        scheduler.create("one");
        scheduler.awaitState("one", "PENDING");

        restart();
        scheduler.selector.admit("one");

        until(
                () -> {
                    scheduler.time.advance(Duration.ofSeconds(1));
                    return scheduler.launcher.launches().size() == 1;
                },
                () -> "not launched");
    }

    private WorkloadSpec running(String address) {
        scheduler.create("one");
        WorkloadSpec launched = scheduler.awaitLaunch(1);
        scheduler.beat(launched, "RUNNING", 30, beat -> beat.put("address", address));
        return launched;
    }

    private void restart() {
        scheduler.shutDown();
        scheduler.start();
    }
}
