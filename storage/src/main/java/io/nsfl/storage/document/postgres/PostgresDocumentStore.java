package io.nsfl.storage.document.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.nsfl.storage.document.CollectionSpec;
import io.nsfl.storage.document.DatabaseSettings;
import io.nsfl.storage.document.DocumentCollection;
import io.nsfl.storage.document.DocumentStore;
import io.nsfl.storage.document.Pause;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.data.jpa.repository.support.JpaRepositoryFactory;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.SharedEntityManagerCreator;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;

/** Documents in PostgreSQL. Opening asks nothing of the database, so a service starts while it is away. */
public final class PostgresDocumentStore implements DocumentStore {
    /** Numbers come back as they were written: {@code 3.0} is not {@code 3}, and no digit is lost. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private final DatabaseSettings settings;
    private final Pause pause;
    private final HikariDataSource connections;
    private final Map<String, PostgresCollection> collections = new ConcurrentHashMap<>();

    private PostgresDocumentStore(DatabaseSettings settings, Pause pause, HikariDataSource connections) {
        this.settings = settings;
        this.pause = pause;
        this.connections = connections;
    }

    /** @param pause how retries wait: {@code Thread::sleep} */
    public static PostgresDocumentStore open(DatabaseSettings settings, Pause pause) {
        return new PostgresDocumentStore(settings, pause, new HikariDataSource(pool(settings)));
    }

    @Override
    public DocumentCollection collection(CollectionSpec spec) {
        return collections.computeIfAbsent(spec.name(), name -> mapped(spec));
    }

    private PostgresCollection mapped(CollectionSpec spec) {
        EntityManagerFactory mapping = Mapping.to(spec.name(), connections);
        EntityManager entities = SharedEntityManagerCreator.createSharedEntityManager(mapping);
        return new PostgresCollection(
                new Database(settings, pause, new JpaTransactionManager(mapping)),
                new Statements(spec),
                entities,
                rows(entities),
                JSON);
    }

    private static Rows rows(EntityManager entities) {
        JpaRepositoryFactory repositories = new JpaRepositoryFactory(entities);
        // The thread's loader may be a web server's, which does not see what is package-private.
        repositories.setBeanClassLoader(Rows.class.getClassLoader());
        return repositories.getRepository(Rows.class);
    }

    @Override
    public void close() {
        collections.values().forEach(PostgresCollection::close);
        connections.close();
    }

    private static HikariConfig pool(DatabaseSettings settings) {
        HikariConfig pool = new HikariConfig();
        pool.setPoolName("documents");
        pool.setJdbcUrl("jdbc:postgresql://" + settings.address() + "/" + settings.database());
        pool.setUsername(settings.username());
        pool.setPassword(settings.password());
        pool.setMaximumPoolSize(settings.connections());
        pool.setMinimumIdle(1);
        pool.setConnectionTimeout(settings.connectTimeout().toMillis());
        pool.setValidationTimeout(Math.min(settings.connectTimeout().toMillis(), 1000));
        pool.setInitializationFailTimeout(-1);
        pool.addDataSourceProperty("ApplicationName", "nsfl");
        pool.addDataSourceProperty("tcpKeepAlive", "true");
        pool.addDataSourceProperty("socketTimeout", "30");
        return pool;
    }
}
