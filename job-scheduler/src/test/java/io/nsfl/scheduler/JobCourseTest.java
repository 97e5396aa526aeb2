package io.nsfl.scheduler;

import static io.nsfl.scheduler.SchedulerFixture.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.protocol.v1.ReleaseRequest;
import io.nsfl.protocol.v1.RunRef;
import io.nsfl.scheduler.fakes.FakeCoordinator;
import io.nsfl.workload.WorkloadEnd;
import io.nsfl.workload.WorkloadSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A job's way through the states, from REST and heartbeats to launches and leases. */
class JobCourseTest {
    @TempDir
    private Path workspace;

    private SchedulerFixture scheduler;

    @BeforeEach
    void start() {
        scheduler = new SchedulerFixture(workspace);
    }

    @AfterEach
    void stop() {
        scheduler.close();
    }

    @Test
    void takesAJobFromQueueToFinish() {
        assertThat(scheduler.create("one").status()).isEqualTo(201);
        WorkloadSpec launched = scheduler.awaitLaunch(1);
        assertThat(launched.name()).isEqualTo("default-one");
        assertThat(scheduler.state("one")).isEqualTo("STARTING");

        scheduler.beat(launched, "STARTING", 0);
        assertThat(scheduler.state("one")).isEqualTo("STARTING");
        scheduler.beat(
                launched,
                "RUNNING",
                33,
                beat -> beat.put(
                        "checkpoints", Map.of("checkpoint_v1", Map.of("path", "output/c1.zip", "accuracy", 0.5))));
        assertThat(scheduler.state("one")).isEqualTo("RUNNING");
        assertThat(scheduler.get("one").path("status").path("progress").asInt()).isEqualTo(33);
        assertThat(scheduler
                        .get("one")
                        .path("checkpoints")
                        .path("checkpoint_v1")
                        .path("path")
                        .asString())
                .isEqualTo("output/c1.zip");

        assertThat(scheduler.beat(launched, "FINISHED", 100).status()).isEqualTo(200);
        assertThat(scheduler.state("one")).isEqualTo("FINISHED");
        assertThat(scheduler.launcher.stops())
                .as("it may still write its last files")
                .isEmpty();
        scheduler.launcher.end("default-one", new WorkloadEnd.Exited(0), "");
        until(() -> scheduler.launcher.stops().contains("default-one"), () -> "not cleaned");
        until(() -> !scheduler.selector.releases().isEmpty(), () -> "not released");
        assertThat(scheduler.state("one")).isEqualTo("FINISHED");
    }

    @Test
    void endsAFinishedCoordinatorThatDoesNotEndByItself() {
        scheduler.create("one");
        scheduler.beat(scheduler.awaitLaunch(1), "FINISHED", 100);

        scheduler.time.advance(Duration.ofSeconds(30));

        until(() -> scheduler.launcher.stops().contains("default-one"), () -> "still there");
    }

    @Test
    void writesAStartConfigurationWithRealPathsAndNoSecret() throws IOException {
        scheduler.create("one");
        WorkloadSpec launched = scheduler.awaitLaunch(1);

        Path file = workspace.resolve("tmp/default-one/coordinator.json");
        JsonNode config = new JsonMapper().readTree(Files.readString(file));

        assertThat(launched.command()).endsWith("--config_file", file.toString());
        assertThat(config.path("model_path").asString())
                .isEqualTo(workspace.resolve("default/model/init.zip").toString());
        assertThat(config.path("scripts").path("path").asString())
                .isEqualTo(workspace.resolve("default/scripts").toString());
        assertThat(config.path("output").asString())
                .isEqualTo(workspace.resolve("default/output").toString());
        assertThat(config.path("job_name").asString()).isEqualTo("one");
        assertThat(config.path("job-id").asString()).isEqualTo("default-one");
        assertThat(config.path("namespace").asString()).isEqualTo("default");
        assertThat(config.path("run").asString() + "/" + config.path("epoch").asInt())
                .isEqualTo(launched.revision());
        assertThat(config.has("_nsfl")).isFalse();
        String secret = launched.secrets().get("internal_secret");
        assertThat(secret).hasSize(64);
        assertThat(Files.readString(file)).doesNotContain(secret);
        assertThat(launched.command()).doesNotContain(secret);
        assertThat(launched.environment().values()).doesNotContain(secret);
        assertThat(launched.environment())
                .containsEntry("JOB_SCHEDULER_ADDRESS", scheduler.uri("").getAuthority())
                .containsEntry("SELECTOR_ADDRESS", scheduler.selector.address())
                .containsEntry("REPORT_PERIOD", "10");
    }

    @Test
    void letsAJobWaitWithTheReasonAndOthersPass() {
        scheduler.selector.refuse("hungry", "2 clients are needed, 0 of 1 fit: c-1 lacks the dataset mnist.");
        scheduler.create("hungry");
        scheduler.awaitState("hungry", "PENDING");
        assertThat(scheduler.reason("hungry"))
                .isEqualTo("2 clients are needed, 0 of 1 fit: c-1 lacks the dataset mnist.");

        scheduler.create("modest");
        assertThat(scheduler.awaitLaunch(1).name()).isEqualTo("default-modest");

        scheduler.selector.admit("hungry");
        scheduler.time.advance(Duration.ofSeconds(5));
        assertThat(scheduler.awaitLaunch(2).name()).isEqualTo("default-hungry");
        assertThat(scheduler.reason("hungry")).isEmpty();
    }

    @Test
    void asksForWhatTheJobNeeds() {
        scheduler.create("one");
        scheduler.awaitLaunch(1);

        assertThat(scheduler.selector.checks().getFirst().getClientNum()).isEqualTo(2);
        assertThat(scheduler.selector.checks().getFirst().getConditions().getRuntime())
                .isEqualTo("dl4j");
        assertThat(scheduler.selector.checks().getFirst().getConditions().getDatasetsList())
                .containsExactly("mnist");
    }

    @Test
    void launchesALostCoordinatorAgainWithTheNextEpoch() {
        scheduler.create("one");
        WorkloadSpec first = scheduler.awaitLaunch(1);
        scheduler.beat(first, "RUNNING", 10);

        scheduler.launcher.end("default-one", new WorkloadEnd.Killed(9), "");
        scheduler.awaitState("one", "STARTING");
        assertThat(scheduler.reason("one")).contains("it was killed by signal 9", "1 of at most 5");
        WorkloadSpec second = scheduler.awaitLaunch(2);

        assertThat(second.revision()).isEqualTo(first.revision().replace("/1", "/2"));
        assertThat(scheduler.beat(first, "RUNNING", 20).status()).isEqualTo(409);
        assertThat(scheduler.beat(first, "RUNNING", 20).json().path("code").asString())
                .isEqualTo("STALE_RUN");
        assertThat(scheduler.beat(second, "RUNNING", 10).status()).isEqualTo(200);
        assertThat(scheduler.state("one")).isEqualTo("RUNNING");
    }

    @Test
    void takesSilenceForALossButTrustsTheFirstStartLonger() {
        scheduler.create("one");
        WorkloadSpec first = scheduler.awaitLaunch(1);
        scheduler.time.advance(Duration.ofSeconds(89));
        scheduler.beat(first, "RUNNING", 10);
        scheduler.time.advance(Duration.ofSeconds(19));
        scheduler.beat(first, "RUNNING", 11);
        assertThat(scheduler.state("one")).isEqualTo("RUNNING");

        scheduler.time.advance(Duration.ofSeconds(20));

        scheduler.awaitState("one", "STARTING");
        assertThat(scheduler.reason("one")).contains("it was not heard of for 20 s");
    }

    @Test
    void failsWithTheEndOfTheLogAfterFiveRestartsWithoutARound() {
        scheduler.create("one");
        for (int launch = 1; launch <= 6; launch++) {
            launchAndDie(launch, "line 1\nOutOfMemoryError in round 1");
        }
        scheduler.awaitState("one", "FAILED");

        assertThat(scheduler.reason("one"))
                .contains("lost 6 times", "it ended with exit code 1", "OutOfMemoryError in round 1");
        assertThat(scheduler.launcher.launches()).hasSize(6);
    }

    @Test
    void countsRestartsAnewAfterACommittedRound() {
        scheduler.create("one");
        for (int launch = 1; launch <= 5; launch++) {
            launchAndDie(launch, "");
        }
        WorkloadSpec sixth = awaitLaunchOverTime(6);
        scheduler.beat(sixth, "RUNNING", 30, beat -> beat.put("rounds", List.of(round(sixth, 1))));

        scheduler.launcher.end("default-one", new WorkloadEnd.Exited(1), "");

        awaitLaunchOverTime(7);
        assertThat(scheduler.reason("one")).contains("1 of at most 5");
    }

    @Test
    void doesNotRetryAConfigurationThatIsWrong() {
        scheduler.create("one");
        scheduler.awaitLaunch(1);

        scheduler.launcher.end("default-one", new WorkloadEnd.Exited(2), "model_path: this is no model file");

        scheduler.awaitState("one", "FAILED");
        assertThat(scheduler.reason("one")).contains("this is no model file");
        assertThat(scheduler.launcher.launches()).hasSize(1);
    }

    @Test
    void triesALaunchAgainThatCouldNotBeMade() {
        scheduler.launcher.setBroken(true);
        scheduler.create("one");
        until(() -> scheduler.reason("one").contains("There is no room"), () -> scheduler.reason("one"));

        scheduler.launcher.setBroken(false);

        assertThat(awaitLaunchOverTime(1).name()).isEqualTo("default-one");
    }

    @Test
    void stopsARunningJobPolitely() {
        try (FakeCoordinator coordinator = new FakeCoordinator()) {
            scheduler.create("one");
            WorkloadSpec launched = scheduler.awaitLaunch(1);
            scheduler.beat(launched, "RUNNING", 10, beat -> beat.put("address", coordinator.address()));

            assertThat(scheduler
                            .send("PUT", "/namespaces/default/jobs/one:stop", "null")
                            .status())
                    .isEqualTo(200);
            until(() -> coordinator.stops().size() == 1, () -> "not asked to stop");
            assertThat(scheduler.state("one")).isEqualTo("STOPPING");
            assertThat(scheduler
                            .beat(launched, "RUNNING", 11)
                            .json()
                            .path("order")
                            .asString())
                    .isEqualTo("STOP");
            scheduler.beat(launched, "STOPPED", 11);
            assertThat(scheduler.state("one")).isEqualTo("STOPPED");
            assertThat(scheduler.get("one").path("status").path("progress").asInt())
                    .isEqualTo(11);
        }
    }

    @Test
    void endsACoordinatorThatDoesNotStop() {
        scheduler.create("one");
        scheduler.beat(scheduler.awaitLaunch(1), "RUNNING", 10, beat -> beat.put("address", "127.0.0.1:1"));

        scheduler.send("PUT", "/namespaces/default/jobs/one:stop", null);
        scheduler.awaitState("one", "STOPPING");
        until(() -> scheduler.time.pending() > 0, () -> "no bound");
        scheduler.time.advance(Duration.ofSeconds(30));

        scheduler.awaitState("one", "STOPPED");
        assertThat(scheduler.launcher.stops()).contains("default-one");
    }

    @Test
    void stopsAJobThatWaitsAtOnce() {
        scheduler.selector.refuse("one", "No clients.");
        scheduler.create("one");
        scheduler.awaitState("one", "PENDING");

        scheduler.send("PUT", "/namespaces/default/jobs/one:stop", null);

        scheduler.awaitState("one", "STOPPED");
        assertThat(scheduler
                        .send("PUT", "/namespaces/default/jobs/one:stop", null)
                        .status())
                .isEqualTo(403);
    }

    @Test
    void believesWhatACoordinatorReportsWhileItIsStopped() {
        scheduler.create("failed");
        WorkloadSpec first = scheduler.awaitLaunch(1);
        scheduler.beat(first, "RUNNING", 10);
        scheduler.send("PUT", "/namespaces/default/jobs/failed:stop", null);
        scheduler.beat(first, "FAILED", 10, beat -> beat.put("reason", "The disk is full."));
        assertThat(scheduler.state("failed")).isEqualTo("FAILED");
        assertThat(scheduler.reason("failed")).isEqualTo("The disk is full.");

        scheduler.create("stopped");
        WorkloadSpec second = scheduler.awaitLaunch(2);
        scheduler.beat(second, "STOPPED", 0);
        assertThat(scheduler.state("stopped")).isEqualTo("STOPPED");
    }

    @Test
    void startsAnEndedJobInANewRun() {
        scheduler.create("one");
        WorkloadSpec first = scheduler.awaitLaunch(1);
        scheduler.beat(first, "FAILED", 40);
        String created = scheduler.get("one").path("create_time").asString();
        scheduler.time.advance(Duration.ofSeconds(31));

        assertThat(scheduler
                        .send("PUT", "/namespaces/default/jobs/one:start", "null")
                        .status())
                .isEqualTo(200);
        WorkloadSpec second = scheduler.awaitLaunch(2);

        assertThat(second.revision()).isNotEqualTo(first.revision()).endsWith("/1");
        assertThat(scheduler.beat(first, "RUNNING", 50).status()).isEqualTo(409);
        assertThat(scheduler.get("one").path("create_time").asString())
                .isEqualTo(created)
                .isEqualTo("2026-03-01 10:00:00");
        assertThat(scheduler.get("one").path("start_time").asString()).isEqualTo("2026-03-01 10:00:31");
        assertThat(scheduler
                        .send("PUT", "/namespaces/default/jobs/one:start", null)
                        .status())
                .isEqualTo(403);
    }

    @Test
    void startsFromACheckpointOfItsOwn() {
        scheduler.upload("default", "fl-one/c5.zip", "checkpoint");
        scheduler.create("one");
        scheduler.beat(
                scheduler.awaitLaunch(1),
                "FAILED",
                40,
                beat -> beat.put(
                        "checkpoints", Map.of("checkpoint_v1", Map.of("path", "fl-one/c5.zip", "accuracy", 1))));
        String absent = SchedulerFixture.job("one")
                .put("checkpoint_id", "checkpoint_v9")
                .toString();
        assertThat(scheduler.send("PUT", "/namespaces/default/jobs/one", absent).reason())
                .contains("no checkpoint checkpoint_v9");

        String update = SchedulerFixture.job("one")
                .put("checkpoint_id", "checkpoint_v1")
                .toString();
        assertThat(scheduler.send("PUT", "/namespaces/default/jobs/one", update).status())
                .isEqualTo(200);
        scheduler.send("PUT", "/namespaces/default/jobs/one:start", null);
        scheduler.awaitLaunch(2);

        assertThat(workspace.resolve("tmp/default-one/coordinator.json"))
                .content()
                .contains(workspace.resolve("default/fl-one/c5.zip").toString());
    }

    @Test
    void deletesWhatTheJobMadeAndNothingElse() {
        for (String file : List.of(
                "output/fl_one_output_V0/metrics.json",
                "output/fl_one_output_V12/metrics.json",
                "output/fl_one-two_output_V0/metrics.json",
                "output/fl_one_output_Vx/kept",
                "data")) {
            scheduler.upload("default", file, "x");
        }
        scheduler.create("one");
        WorkloadSpec launched = scheduler.awaitLaunch(1);
        scheduler.beat(launched, "RUNNING", 10);

        assertThat(scheduler
                        .send("DELETE", "/namespaces/default/jobs/one", null)
                        .status())
                .isEqualTo(200);
        until(() -> scheduler.send("GET", "/namespaces/default/jobs/one", null).status() == 404, () -> "still there");

        Path output = workspace.resolve("default/output");
        assertThat(output.resolve("fl_one_output_V0")).doesNotExist();
        assertThat(output.resolve("fl_one_output_V12")).doesNotExist();
        assertThat(output.resolve("fl_one-two_output_V0")).exists();
        assertThat(output.resolve("fl_one_output_Vx")).exists();
        assertThat(workspace.resolve("default/model/init.zip")).exists();
        assertThat(workspace.resolve("tmp/default-one")).doesNotExist();
        assertThat(scheduler.launcher.stops()).contains("default-one");
        until(() -> !scheduler.selector.releases().isEmpty(), () -> "not released");
        ReleaseRequest release = scheduler.selector.releases().getFirst();
        assertThat(release.getRun())
                .isEqualTo(RunRef.newBuilder()
                        .setNamespace("default")
                        .setJob("one")
                        .setRun(launched.revision().split("/")[0])
                        .setEpoch(1)
                        .build());
        assertThat(scheduler.beat(launched, "RUNNING", 10).status()).isEqualTo(409);
        assertThat(scheduler
                        .send("DELETE", "/namespaces/default/jobs/one", null)
                        .status())
                .isEqualTo(200);
        assertThat(scheduler.create("one").status()).isEqualTo(201);
    }

    @Test
    void keepsEventsAndRoundsOnce() {
        scheduler.create("one");
        WorkloadSpec launched = scheduler.awaitLaunch(1);
        List<Map<String, Object>> events = List.of(event(1, "CLIENTS_SELECTED"), event(2, "ROUND_COMMITTED"));
        for (int repeat = 0; repeat < 2; repeat++) {
            JsonNode answer = scheduler
                    .beat(launched, "RUNNING", 10, beat -> {
                        beat.put("events", events);
                        beat.put("rounds", List.of(round(launched, 1)));
                    })
                    .json();
            assertThat(answer.path("events_through").asInt()).isEqualTo(2);
            assertThat(answer.path("rounds_through").asInt()).isEqualTo(1);
        }

        JsonNode all = scheduler
                .send("GET", "/namespaces/default/jobs/one/events", null)
                .json()
                .path("events");
        assertThat(all.valueStream().map(event -> event.path("type").asString()))
                .containsSubsequence("JOB_STATE", "JOB_STATE", "CLIENTS_SELECTED", "ROUND_COMMITTED", "JOB_STATE");
        assertThat(all.valueStream().map(event -> event.path("seq").asInt()).toList())
                .isEqualTo(java.util.stream.IntStream.rangeClosed(1, all.size())
                        .boxed()
                        .toList());
        int third = all.get(2).path("seq").asInt();
        JsonNode rest = scheduler
                .send("GET", "/namespaces/default/jobs/one/events?after=" + third, null)
                .json()
                .path("events");
        assertThat(rest.size()).isEqualTo(all.size() - third);
        JsonNode rounds = scheduler
                .send("GET", "/namespaces/default/jobs/one/metrics", null)
                .json()
                .path("rounds");
        assertThat(rounds.size()).isEqualTo(1);
        assertThat(rounds.get(0).path("train").path("loss").asDouble()).isEqualTo(0.25);
    }

    static Map<String, Object> event(long seq, String type) {
        return Map.of("seq", seq, "time", "2026-03-01T10:00:00Z", "type", type, "round", 1);
    }

    static Map<String, Object> round(WorkloadSpec launched, int round) {
        return Map.of(
                "run",
                launched.revision().split("/")[0],
                "round",
                round,
                "attempt",
                1,
                "state",
                "COMMITTED",
                "selected",
                2,
                "included",
                2,
                "failed",
                0,
                "seconds",
                1.5,
                "train",
                Map.of("loss", 0.25));
    }

    private void launchAndDie(int launch, String log) {
        awaitLaunchOverTime(launch);
        scheduler.launcher.end("default-one", new WorkloadEnd.Exited(1), log);
    }

    private WorkloadSpec awaitLaunchOverTime(int count) {
        until(
                () -> {
                    scheduler.time.advance(Duration.ofSeconds(1));
                    return scheduler.launcher.launches().size() >= count;
                },
                () -> scheduler.get("one").path("status") + " after "
                        + scheduler.launcher.launches().size());
        return scheduler.launcher.launches().get(count - 1);
    }
}
