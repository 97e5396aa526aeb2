package io.nsfl.storage.document;

import static io.nsfl.storage.document.DocumentStoreContract.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.storage.document.postgres.PostgresDocumentStore;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class PostgresDocumentStoreIT implements DocumentStoreContract {
    private static EmbeddedPostgres postgres;

    private PostgresDocumentStore store;

    @BeforeAll
    static void startDatabase() throws IOException {
        postgres = start(0);
    }

    @AfterAll
    static void stopDatabase() throws IOException {
        postgres.close();
    }

    @BeforeEach
    void emptyDatabase() throws SQLException {
        administer("drop schema public cascade", "create schema public", "grant usage on schema public to public");
        store = open("postgres");
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    @Override
    public DocumentCollection collection(CollectionSpec spec) {
        return store.collection(spec);
    }

    @Test
    void keepsTheDocumentedTable() throws SQLException {
        store.collection(CollectionSpec.of("jobs", UniqueKey.of("id"))).insert(json("{'id':'one'}"));

        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement();
                var columns = statement.executeQuery(
                        "select column_name, data_type from information_schema.columns where table_name = 'jobs' order"
                                + " by ordinal_position")) {
            List<String> found = new ArrayList<>();
            while (columns.next()) {
                found.add(columns.getString(1) + " " + columns.getString(2));
            }
            assertThat(found).containsExactly("id integer", "data jsonb");
        }
    }

    @Test
    void keepsTextsWithoutTheCharacterThatTheDatabaseDoesNotTake() {
        DocumentCollection events = store.collection(CollectionSpec.of("events", UniqueKey.of("id")));
        ObjectNode strange = json("{'id':'one'}").put("text", "a\0b \\u0000 \uD83D\uDE00\n");

        Document inserted = events.insert(strange);
        events.replace(inserted, strange.deepCopy().put("more", "\0"));

        ObjectNode found = events.find(json("{'id':'one'}")).orElseThrow().data();
        assertThat(found.path("text").asString()).isEqualTo("a\uFFFDb \\u0000 \uD83D\uDE00\n");
        assertThat(found.path("more").asString()).isEqualTo("\uFFFD");
    }

    @Test
    void usesATableThatAUserMadeBefore() throws SQLException {
        administer(
                "create table jobs (id serial primary key, data jsonb)",
                "insert into jobs (data) values ('{\"id\":\"old\"}')");
        DocumentCollection jobs = store.collection(CollectionSpec.of("jobs", UniqueKey.of("id")));

        Document old = jobs.find(json("{'id':'old'}")).orElseThrow();

        assertThat(old.version()).isZero();
        assertThat(jobs.replace(old, json("{'id':'new'}")).orElseThrow().version())
                .isEqualTo(1);
    }

    @Test
    void namesTheMissingRight() throws SQLException {
        administer("drop role if exists reader", "create role reader login");
        try (PostgresDocumentStore limited = open("reader")) {
            DocumentCollection jobs = limited.collection(CollectionSpec.of("jobs", UniqueKey.of("id")));

            assertThatThrownBy(() -> jobs.count(json("{}")))
                    .asInstanceOf(type(FaultException.class))
                    .satisfies(fault -> assertThat(fault.fault()).isEqualTo(Fault.CONFIGURATION_INVALID))
                    .extracting(Throwable::getMessage)
                    .asString()
                    .contains(
                            "grant the database user CREATE",
                            "create table if not exists \"jobs\" (id serial primary key, data jsonb)");

            administer("grant create on schema public to reader");
            assertThat(jobs.count(json("{}"))).isZero();
        }
    }

    @Test
    void comesBackWithTheDatabase() throws IOException {
        EmbeddedPostgres first = start(0);
        int port = first.getPort();
        try (PostgresDocumentStore mine = open("postgres", port, Thread::sleep)) {
            DocumentCollection jobs = mine.collection(CollectionSpec.of("jobs", UniqueKey.of("id")));
            jobs.insert(json("{'id':'one'}"));
            first.close();

            assertThatThrownBy(() -> jobs.insert(json("{'id':'two'}")))
                    .asInstanceOf(type(FaultException.class))
                    .satisfies(fault -> assertThat(fault.fault()).isEqualTo(Fault.DATABASE_UNAVAILABLE))
                    .satisfies(fault -> assertThat(fault.retryAfter()).isPresent());

            try (EmbeddedPostgres second = start(port)) {
                assertThat(second.getPort()).isEqualTo(port);
                insertWithinAMinute(jobs, json("{'id':'two'}"));
                assertThat(jobs.count(json("{'id':'two'}"))).isEqualTo(1);
            }
        }
    }

    @Test
    void retriesAConnectionThatTheServerEnds() throws SQLException {
        DocumentCollection jobs = store.collection(CollectionSpec.of("jobs", UniqueKey.of("id")));
        Document read = jobs.insert(json("{'id':'one'}"));

        administer("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'nsfl'");

        assertThat(jobs.replace(read, json("{'id':'one','n':2}"))).isPresent();
    }

    @Test
    void givesUpAfterItsAttemptsWithGrowingPauses() {
        List<Duration> pauses = new ArrayList<>();
        try (PostgresDocumentStore nowhere = open("postgres", 1, pauses::add)) {
            DocumentCollection jobs = nowhere.collection(CollectionSpec.of("jobs", UniqueKey.of("id")));

            assertThatThrownBy(() -> jobs.count(json("{}"))).hasMessageContaining("127.0.0.1:1 does not answer");
        }
        assertThat(pauses).containsExactly(Duration.ofMillis(200), Duration.ofMillis(400));
    }

    /** The pool asks a dead database ever more rarely. */
    private static void insertWithinAMinute(DocumentCollection jobs, ObjectNode data) {
        for (int call = 1; ; call++) {
            try {
                jobs.insert(data);
                return;
            } catch (FaultException away) {
                if (call == 30) {
                    throw away;
                }
            }
        }
    }

    private static PostgresDocumentStore open(String user) {
        return open(user, postgres.getPort(), Thread::sleep);
    }

    private static PostgresDocumentStore open(String user, int port, Pause pause) {
        DatabaseSettings.Retry retry = new DatabaseSettings.Retry(3, Duration.ofMillis(200), Duration.ofSeconds(2));
        return PostgresDocumentStore.open(
                new DatabaseSettings(
                        DatabaseType.POSTGRESQL,
                        "127.0.0.1:" + port,
                        "postgres",
                        user,
                        "",
                        4,
                        Duration.ofMillis(500),
                        retry),
                pause);
    }

    private static EmbeddedPostgres start(int port) throws IOException {
        return EmbeddedPostgres.builder()
                .setPort(port)
                .setServerConfig("fsync", "off")
                .start();
    }

    private static void administer(String... statements) throws SQLException {
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }
}
