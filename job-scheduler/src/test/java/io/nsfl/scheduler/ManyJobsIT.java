package io.nsfl.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.protocol.job.JobJson;
import io.nsfl.workload.WorkloadSpec;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** Jobs in a real database, many of them and over restarts. */
class ManyJobsIT {
    private static final int QUEUED = 1000;

    @TempDir
    private Path workspace;

    @Test
    void losesNoneOfAThousandQueuedJobsInARestart() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder().setPort(0).start();
                SchedulerFixture scheduler = scheduler(postgres)) {
            for (int number = 0; number < QUEUED; number++) {
                scheduler.selector.refuse("j" + number, "No clients.");
                assertThat(scheduler.create("j" + number).status()).isEqualTo(201);
            }

            scheduler.shutDown();
            assertThat(count(postgres, "true")).isEqualTo(QUEUED);
            for (int number = 0; number < QUEUED; number++) {
                scheduler.selector.admit("j" + number);
            }
            scheduler.start();

            // All of them are waited with or launched; those that wait are looked at again when their pause is over.
            SchedulerFixture.until(
                    () -> scheduler.time.pending() >= QUEUED, () -> scheduler.time.pending() + " taken up");
            scheduler.time.advance(Duration.ofSeconds(10));
            SchedulerFixture.until(() -> launched(scheduler) == QUEUED, () -> launched(scheduler) + " launched");
            assertThat(scheduler.launcher.launches()).hasSize(QUEUED);
            assertThat(scheduler
                            .send("GET", "/namespaces/default/jobs", null)
                            .json()
                            .path("jobs")
                            .size())
                    .isEqualTo(QUEUED);
        }
    }

    @Test
    void startsFromACheckpointAfterARestart() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder().setPort(0).start();
                SchedulerFixture scheduler = scheduler(postgres)) {
            String saved = "output/fl_one_output_V0/checkpoints/checkpoint_v1/checkpoint_1.zip";
            scheduler.upload("default", saved, "saved");
            assertThat(scheduler.create("one").status()).isEqualTo(201);
            scheduler.beat(
                    scheduler.awaitLaunch(1),
                    "FINISHED",
                    100,
                    beat -> beat.put("checkpoints", Map.of("checkpoint_v1", Map.of("path", saved, "accuracy", 0.5))));
            scheduler.awaitState("one", "FINISHED");

            scheduler.shutDown();
            scheduler.start();

            String jobs = "/namespaces/default/jobs/one";
            ObjectNode update = SchedulerFixture.job("one");
            assertThat(scheduler
                            .send(
                                    "PUT",
                                    jobs,
                                    update.put("checkpoint_id", "checkpoint_v7").toString())
                            .status())
                    .isEqualTo(403);
            assertThat(scheduler
                            .send(
                                    "PUT",
                                    jobs,
                                    update.put("checkpoint_id", "checkpoint_v1").toString())
                            .status())
                    .isEqualTo(200);
            assertThat(scheduler.send("PUT", jobs + ":start", null).status()).isEqualTo(200);
            List<String> command = scheduler.awaitLaunch(2).command();
            ObjectNode started = JobJson.object(Files.readAllBytes(Path.of(command.getLast())));
            assertThat(started.path("model_path").asString())
                    .isEqualTo(workspace.resolve("default").resolve(saved).toString());
        }
    }

    private static long launched(SchedulerFixture scheduler) {
        return scheduler.launcher.launches().stream()
                .map(WorkloadSpec::name)
                .distinct()
                .count();
    }

    private SchedulerFixture scheduler(EmbeddedPostgres postgres) {
        return new SchedulerFixture(
                workspace,
                null,
                List.of(
                        "--nsfl.scheduler.db-address=127.0.0.1:" + postgres.getPort(),
                        "--nsfl.scheduler.db-username=postgres",
                        "--nsfl.scheduler.db-name=postgres"));
    }

    private static int count(EmbeddedPostgres postgres, String condition) throws SQLException {
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select count(*) from jobs where " + condition)) {
            row.next();
            return row.getInt(1);
        }
    }
}
