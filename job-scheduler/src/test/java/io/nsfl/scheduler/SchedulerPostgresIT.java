package io.nsfl.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.workload.WorkloadSpec;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SchedulerPostgresIT {
    @TempDir
    private Path workspace;

    @Test
    void keepsJobsInARealDatabaseOverARestart() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder().setPort(0).start();
                SchedulerFixture scheduler = new SchedulerFixture(
                        workspace,
                        null,
                        List.of(
                                "--nsfl.scheduler.db-address=127.0.0.1:" + postgres.getPort(),
                                "--nsfl.scheduler.db-username=postgres",
                                "--nsfl.scheduler.db-name=postgres"))) {
            assertThat(scheduler.create("one").status()).isEqualTo(201);
            assertThat(scheduler.create("one").status()).isEqualTo(403);
            WorkloadSpec launched = scheduler.awaitLaunch(1);
            scheduler.beat(launched, "RUNNING", 40, beat -> {
                beat.put("events", List.of(JobCourseTest.event(1, "ROUND_COMMITTED")));
                beat.put("rounds", List.of(JobCourseTest.round(launched, 1)));
                beat.put("checkpoints", Map.of("checkpoint_v1", Map.of("path", "p", "accuracy", 0.5)));
            });

            scheduler.shutDown();
            scheduler.start();

            assertThat(scheduler.state("one")).isEqualTo("RUNNING");
            assertThat(scheduler.beat(launched, "FINISHED", 100).status()).isEqualTo(200);
            assertThat(scheduler.state("one")).isEqualTo("FINISHED");
            assertThat(scheduler
                            .send("GET", "/namespaces/default/jobs/one/metrics", null)
                            .json()
                            .path("rounds")
                            .size())
                    .isEqualTo(1);
            assertThat(scheduler
                            .send("GET", "/namespaces/default/jobs/one/events", null)
                            .body())
                    .contains("ROUND_COMMITTED");
            try (Connection connection = postgres.getPostgresDatabase().getConnection();
                    Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(
                            "select data->'status'->>'state' from jobs where data->>'id' = 'one'")) {
                assertThat(row.next()).isTrue();
                assertThat(row.getString(1)).isEqualTo("FINISHED");
            }
            scheduler.send("DELETE", "/namespaces/default/jobs/one", null);
            SchedulerFixture.until(
                    () -> scheduler
                                    .send("GET", "/namespaces/default/jobs/one", null)
                                    .status()
                            == 404,
                    () -> "still there");
        }
    }
}
