package io.nsfl.storage.document.mongo;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.MongoCredential;
import com.mongodb.WriteConcern;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import io.nsfl.storage.document.CollectionSpec;
import io.nsfl.storage.document.DatabaseSettings;
import io.nsfl.storage.document.DocumentCollection;
import io.nsfl.storage.document.DocumentStore;
import io.nsfl.storage.document.Pause;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.springframework.data.mongodb.core.MongoTemplate;

/** Documents in MongoDB. Opening asks nothing of the database, so a service starts while it is away. */
public final class MongoDocumentStore implements DocumentStore {
    private static final int SLOWEST_ANSWER_SECONDS = 30;

    private final MongoClient client;
    private final MongoTemplate mongo;
    private final Reach reach;
    private final Map<String, MongoCollectionOfDocuments> collections = new ConcurrentHashMap<>();

    private MongoDocumentStore(MongoClient client, MongoTemplate mongo, Reach reach) {
        this.client = client;
        this.mongo = mongo;
        this.reach = reach;
    }

    /** @param pause how retries wait: {@code Thread::sleep} */
    public static MongoDocumentStore open(DatabaseSettings settings, Pause pause) {
        MongoClient client = MongoClients.create(driver(settings));
        return new MongoDocumentStore(
                client, new MongoTemplate(client, settings.database()), new Reach(settings, pause));
    }

    @Override
    public DocumentCollection collection(CollectionSpec spec) {
        return collections.computeIfAbsent(spec.name(), name -> new MongoCollectionOfDocuments(mongo, reach, spec));
    }

    @Override
    public void close() {
        client.close();
    }

    private static MongoClientSettings driver(DatabaseSettings settings) {
        String address =
                settings.address().startsWith("mongodb") ? settings.address() : "mongodb://" + settings.address();
        long patience = settings.connectTimeout().toMillis();
        MongoClientSettings.Builder driver = MongoClientSettings.builder()
                .applyConnectionString(new ConnectionString(address))
                .applicationName("nsfl")
                // What is acknowledged outlives the loss of any one server.
                .writeConcern(WriteConcern.MAJORITY.withJournal(true))
                .retryWrites(false)
                .retryReads(false)
                .applyToClusterSettings(cluster -> cluster.serverSelectionTimeout(patience, TimeUnit.MILLISECONDS))
                .applyToConnectionPoolSettings(pool -> pool.maxSize(settings.connections()))
                .applyToSocketSettings(socket -> socket.connectTimeout(patience, TimeUnit.MILLISECONDS)
                        .readTimeout(SLOWEST_ANSWER_SECONDS, TimeUnit.SECONDS));
        if (!settings.username().isEmpty()) {
            driver.credential(MongoCredential.createCredential(
                    settings.username(),
                    settings.database(),
                    settings.password().toCharArray()));
        }
        return driver.build();
    }
}
