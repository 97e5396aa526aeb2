package io.nsfl.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.ServerVersion;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import io.nsfl.workload.WorkloadSpec;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs in the real databases, over a restart. */
class SchedulerDatabaseIT {
    @TempDir
    private Path workspace;

    @Test
    void keepsJobsInPostgres() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder().setPort(0).start();
                SchedulerFixture scheduler = scheduler("postgreSQL", postgres.getPort())) {
            keepsJobsOverARestart(scheduler);
            try (Connection connection = postgres.getPostgresDatabase().getConnection();
                    Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(
                            "select data->'status'->>'state' from jobs where data->>'id' = 'one'")) {
                assertThat(row.next()).isTrue();
                assertThat(row.getString(1)).isEqualTo("FINISHED");
            }
        }
    }

    @Test
    void keepsJobsInMongo() {
        MongoServer mongo = new MongoServer(new MemoryBackend().version(ServerVersion.MONGO_5_0));
        mongo.bind(new InetSocketAddress("127.0.0.1", 0));
        try (SchedulerFixture scheduler =
                scheduler("mongo", mongo.getLocalAddress().getPort())) {
            keepsJobsOverARestart(scheduler);
        } finally {
            mongo.shutdownNow();
        }
    }

    private SchedulerFixture scheduler(String type, int port) {
        List<String> database = new ArrayList<>(List.of(
                "--nsfl.scheduler.db-type=" + type,
                "--nsfl.scheduler.db-address=127.0.0.1:" + port,
                "--nsfl.scheduler.db-name=postgres"));
        if (!type.equals("mongo")) {
            database.add("--nsfl.scheduler.db-username=postgres");
        }
        return new SchedulerFixture(workspace, null, database);
    }

    private static void keepsJobsOverARestart(SchedulerFixture scheduler) {
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
        scheduler.create("gone");
        scheduler.send("DELETE", "/namespaces/default/jobs/gone", null);
        SchedulerFixture.until(
                () -> scheduler
                                .send("GET", "/namespaces/default/jobs/gone", null)
                                .status()
                        == 404,
                () -> "still there");
        for (int number = 0; number < 5; number++) {
            scheduler.time.advance(Duration.ofSeconds(1));
            assertThat(scheduler.create("page" + number).status()).isEqualTo(201);
        }
        assertThat(page(scheduler, "limit=3")).containsExactly("one", "page0", "page1");
        assertThat(page(scheduler, "limit=3&after=page1")).containsExactly("page2", "page3", "page4");
        assertThat(page(scheduler, "state=FINISHED")).containsExactly("one");
    }

    private static List<String> page(SchedulerFixture scheduler, String query) {
        return scheduler
                .send("GET", "/namespaces/default/jobs?" + query, null)
                .json()
                .path("jobs")
                .valueStream()
                .map(job -> job.path("id").asString(""))
                .toList();
    }
}
