package io.nsfl.systemtests.crash;

import io.nsfl.standalone.home.Java;
import io.nsfl.standalone.home.NsflHome;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Selector and scheduler as the services that they are in a cluster: a process each, a database server, fixed addresses. */
public final class Separate implements ServerSide {
    private final NsflHome home;
    private final int databasePort = freePort();
    private final int selectorPort = freePort();
    private final int schedulerPort = freePort();
    private final Program selector;
    private final Program scheduler;
    private EmbeddedPostgres database;

    Separate(NsflHome home) {
        this(home, Map.of());
    }

    /** @param forScheduler variables besides those that it needs anyway */
    Separate(NsflHome home, Map<String, String> forScheduler) {
        this.home = home;
        Map<String, String> stored = Map.of(
                "DB_TYPE", "postgreSQL",
                "DB_ADDRESS", "127.0.0.1:" + databasePort,
                "DB_USERNAME", "postgres",
                "DB_PASSWORD", "postgres",
                "DB_NAME", "postgres",
                "NSFL_INTERNAL_SECRET_FILE", home.internalSecret().toString());
        this.selector = new Program(
                "selector",
                Java.command(
                        home,
                        "client-selector",
                        Java.SMALL,
                        "io.nsfl.selector.SelectorApplication",
                        "--host=127.0.0.1",
                        "--port=" + selectorPort),
                stored,
                home.run());
        this.scheduler = new Program(
                "scheduler",
                Java.command(
                        home,
                        "job-scheduler",
                        Java.SMALL,
                        "io.nsfl.scheduler.SchedulerApplication",
                        "--nsfl.scheduler.coordinator-command=" + String.join(",", coordinator())),
                schedulerEnvironment(stored, forScheduler),
                home.run());
    }

    private List<String> coordinator() {
        return Java.command(home, "coordinator", List.of(), "io.nsfl.coordinator.CoordinatorApplication");
    }

    private Map<String, String> schedulerEnvironment(Map<String, String> stored, Map<String, String> more) {
        Map<String, String> environment = new HashMap<>(stored);
        environment.putAll(more);
        environment.putAll(Map.of(
                "NSFL_BIND", "127.0.0.1",
                "HTTP_PORT", Integer.toString(schedulerPort),
                "SELECTOR_ADDRESS", door(),
                "JOB_SCHEDULER_ADDRESS", api(),
                "WORKSPACE", home.workspace().toString(),
                "TEMP_DIR", "coordinator_configs",
                "NSFL_STATE_DIR", home.coordinators().toString()));
        return environment;
    }

    public static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException none) {
            throw new IllegalStateException("No port is free", none);
        }
    }

    @Override
    public void start() throws Exception {
        Files.createDirectories(home.workspace().resolve("default"));
        startDatabase();
        scheduler.start();
        awaitHealth();
        // The scheduler has made the secret by now.
        selector.start();
    }

    private void startDatabase() throws IOException {
        Path directory = home.database();
        database = EmbeddedPostgres.builder()
                .setPort(databasePort)
                .setDataDirectory(directory.resolve("data"))
                .setCleanDataDirectory(false)
                .setOverrideWorkingDirectory(directory.resolve("programs").toFile())
                .setServerConfig("listen_addresses", "127.0.0.1")
                .setPGStartupWait(Duration.ofSeconds(60))
                .start();
    }

    private void awaitHealth() throws Exception {
        awaitHealth(scheduler, api());
    }

    /** Returns when the program's health is well. */
    static void awaitHealth(Program program, String address) throws Exception {
        HttpRequest health = HttpRequest.newBuilder(URI.create("http://" + address + "/api/v1/health"))
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            Await.until(
                    "the " + program.name() + " answers",
                    Await.LONG,
                    () -> {
                        if (!program.alive()) {
                            throw new AssertionError("the " + program.name() + " did not start: " + program.log());
                        }
                        try {
                            return client.send(health, BodyHandlers.discarding())
                                            .statusCode()
                                    == 200;
                        } catch (IOException notYet) {
                            return false;
                        }
                    },
                    () -> "See " + program.log());
        }
    }

    @Override
    public String api() {
        return "127.0.0.1:" + schedulerPort;
    }

    @Override
    public String door() {
        return "127.0.0.1:" + selectorPort;
    }

    @Override
    public Program selector() {
        return selector;
    }

    @Override
    public Program scheduler() {
        return scheduler;
    }

    @Override
    public void restart(Program killed) throws Exception {
        killed.start();
        if (killed == scheduler) {
            awaitHealth();
        }
    }

    @Override
    public void killDatabase() throws Exception {
        Await.until("the database is gone", PostgresProcess.in(home.database())::kill);
        startDatabase();
    }

    @Override
    public void close() throws IOException {
        scheduler.kill();
        selector.kill();
        if (database != null) {
            database.close();
        }
    }
}
