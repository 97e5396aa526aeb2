package io.nsfl.storage.document;

import static io.nsfl.storage.document.DocumentStoreContract.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.ServerVersion;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.storage.DocumentStores;
import io.nsfl.storage.document.mongo.MongoDocumentStore;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Over MongoDB's wire protocol, against a server in this process. */
class MongoDocumentStoreTest implements DocumentStoreContract {
    private MongoServer server;
    private DocumentStore store;

    @BeforeEach
    void startServer() {
        server = new MongoServer(new MemoryBackend().version(ServerVersion.MONGO_5_0));
        server.bind(new InetSocketAddress("127.0.0.1", 0));
        store = DocumentStores.open(settings());
    }

    @AfterEach
    void stopServer() {
        store.close();
        server.shutdownNow();
    }

    @Override
    public DocumentCollection collection(CollectionSpec spec) {
        return store.collection(spec);
    }

    @Test
    void isUniqueForEveryReplica() {
        CollectionSpec jobs = CollectionSpec.of("jobs", UniqueKey.of("namespace", "id"));
        try (DocumentStore other = DocumentStores.open(settings())) {
            store.collection(jobs).insert(json("{'namespace':'a','id':'one'}"));

            assertThatThrownBy(() -> other.collection(jobs).insert(json("{'namespace':'a','id':'one'}")))
                    .isInstanceOf(DuplicateKeyException.class);
            assertThat(other.collection(jobs).count(json("{}"))).isEqualTo(1);
        }
    }

    @Test
    void keepsNamesThatMeanSomethingToTheDatabase() {
        DocumentCollection jobs = store.collection(CollectionSpec.of("jobs", UniqueKey.of("id")));
        Document inserted = jobs.insert(json("{'id':'one','a.b':{'$set':1,'%2E':2,'':3}}"));

        assertThat(jobs.find(json("{'a.b':{'$set':1,'':3}}"))).contains(inserted);
        assertThat(jobs.find(json("{'a':{'b':{'$set':1}}}"))).isEmpty();
    }

    @Test
    void tellsListsFromTheirElements() {
        DocumentCollection jobs = store.collection(CollectionSpec.of("jobs", UniqueKey.of("id")));
        jobs.insert(json("{'id':'one','a':[{'b':1}],'tags':['x']}"));

        assertThat(jobs.find(json("{'a':{'b':1}}"))).isEmpty();
        assertThat(jobs.find(json("{'tags':'x'}"))).isEmpty();
        assertThat(jobs.find(json("{'a':[{'b':1}]}"))).isPresent();
    }

    @Test
    void readsNoMoreThanAPage() throws Exception {
        CollectionSpec spec =
                CollectionSpec.of("jobs", UniqueKey.of("namespace", "id")).listedBy("namespace", Order.byText("time"));
        String filling = "x".repeat(1000);
        store.collection(spec)
                .insertAll(IntStream.range(0, 2000)
                        .mapToObj(i -> json("{'namespace':'n','id':'%d','time':'%04d','filling':'%s'}"
                                .formatted(i, i / 2, filling)))
                        .toList());

        try (CountingRelay relay = new CountingRelay(server.getLocalAddress().getPort());
                DocumentStore counted = DocumentStores.open(settings(relay.port()))) {
            DocumentCollection jobs = counted.collection(spec);
            Query query = Query.containing(json("{'namespace':'n'}"))
                    .orderedBy(Order.byText("time"))
                    .limit(10);
            List<Document> first = jobs.query(query);
            long before = relay.answered();

            List<Document> second = jobs.query(query.after(first.getLast()));
            Document one = jobs.find(json("{'namespace':'n','id':'1777'}")).orElseThrow();

            assertThat(second).hasSize(10);
            assertThat(second.getFirst().data().get("id").asString()).isEqualTo("10");
            assertThat(one.data().get("time").asString()).isEqualTo("0888");
            // Eleven documents, and what the protocol adds.
            assertThat(relay.answered() - before).isBetween(11_000L, 20_000L);
        }
    }

    @Test
    void placesDocumentsFromBeforeAListing() {
        CollectionSpec unlisted = CollectionSpec.of("jobs", UniqueKey.of("id"));
        store.collection(unlisted).insert(json("{'id':'two','seq':2}"));
        store.collection(unlisted).insert(json("{'id':'one','seq':1}"));

        try (DocumentStore later = DocumentStores.open(settings())) {
            List<Document> found = later.collection(unlisted.listedBy("id", Order.byNumber("seq")))
                    .query(Query.all().orderedBy(Order.byNumber("seq")).beyond(0));

            assertThat(found)
                    .extracting(each -> each.data().get("id").asString())
                    .containsExactly("one", "two");
        }
    }

    @Test
    void givesUpAfterItsAttemptsAndComesBackWithTheDatabase() {
        List<Duration> pauses = new ArrayList<>();
        InetSocketAddress address = server.getLocalAddress();
        try (DocumentStore mine = MongoDocumentStore.open(settings(), pauses::add)) {
            DocumentCollection jobs = mine.collection(CollectionSpec.of("jobs", UniqueKey.of("id")));
            jobs.insert(json("{'id':'one'}"));
            server.shutdownNow();

            assertThatThrownBy(() -> jobs.count(json("{}")))
                    .hasMessageContaining("does not answer")
                    .isInstanceOfSatisfying(
                            FaultException.class,
                            fault -> assertThat(fault.fault()).isEqualTo(Fault.DATABASE_UNAVAILABLE));
            assertThat(pauses).containsExactly(Duration.ofMillis(200), Duration.ofMillis(400));

            server = new MongoServer(new MemoryBackend().version(ServerVersion.MONGO_5_0));
            server.bind(address);
            jobs.insert(json("{'id':'two'}"));
            assertThat(jobs.count(json("{'id':'two'}"))).isEqualTo(1);
        }
    }

    private DatabaseSettings settings() {
        return settings(server.getLocalAddress().getPort());
    }

    private static DatabaseSettings settings(int port) {
        return new DatabaseSettings(
                DatabaseType.of("mongo"),
                "127.0.0.1:" + port,
                "federated_learning",
                "",
                "",
                4,
                Duration.ofSeconds(2),
                new DatabaseSettings.Retry(3, Duration.ofMillis(200), Duration.ofSeconds(2)));
    }
}
