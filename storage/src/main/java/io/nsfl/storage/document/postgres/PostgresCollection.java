package io.nsfl.storage.document.postgres;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.storage.document.Document;
import io.nsfl.storage.document.DocumentCollection;
import io.nsfl.storage.document.DuplicateKeyException;
import io.nsfl.storage.document.Query;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.dao.DataAccessException;
import org.springframework.data.jpa.domain.DeleteSpecification;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** One table of documents. */
final class PostgresCollection implements DocumentCollection, AutoCloseable {
    /** A backslash of JSON with what belongs to it. */
    private static final Pattern ESCAPE = Pattern.compile("\\\\(?:u[0-9A-Fa-f]{4}|.)");

    private static final String NUL = "\\u0000";
    private static final String REPLACED = "\\ufffd";

    private final Database database;
    private final Statements table;
    private final EntityManager entities;
    private final Rows rows;
    private final JsonMapper json;
    private final ReentrantLock making = new ReentrantLock();
    private volatile boolean made;

    /**
     * @param entities of this table's mapping, the transaction's own
     * @param rows of the same mapping
     */
    PostgresCollection(Database database, Statements table, EntityManager entities, Rows rows, JsonMapper json) {
        this.database = database;
        this.table = table;
        this.entities = entities;
        this.rows = rows;
        this.json = json;
    }

    @Override
    public Document insert(ObjectNode data) {
        return insertAll(List.of(data)).getFirst();
    }

    @Override
    public List<Document> insertAll(List<ObjectNode> data) {
        if (data.isEmpty()) {
            return List.of();
        }
        String content = kept(json.writeValueAsString(firstVersions(data)));
        return write(attempt -> {
            if (attempt > 1) {
                Optional<List<Document>> applied = alreadyInserted(data);
                if (applied.isPresent()) {
                    return applied.get();
                }
            }
            List<?> ids = entities.createNativeQuery(table.insertAll(), Long.class)
                    .setParameter("rows", content)
                    .getResultList();
            List<Document> inserted = new ArrayList<>(data.size());
            for (int row = 0; row < data.size(); row++) {
                inserted.add(new Document((Long) ids.get(row), 1, data.get(row).deepCopy()));
            }
            return inserted;
        });
    }

    @Override
    public Optional<Document> find(ObjectNode pattern) {
        return query(Query.containing(pattern).limit(1)).stream().findFirst();
    }

    @Override
    public List<Document> query(Query query) {
        table.requireListed(query);
        if (isInNoDocument(query.pattern())) {
            return List.of();
        }
        return onTable(() -> database.read(() -> select(query)));
    }

    @Override
    public long count(ObjectNode pattern) {
        if (isInNoDocument(pattern)) {
            return 0;
        }
        return onTable(() -> database.read(() -> rows.count(containing(pattern))));
    }

    @Override
    public Optional<Document> replace(Document current, ObjectNode data) {
        long next = current.version() + 1;
        String content = text(versioned(data, next));
        return write(attempt -> {
            int replaced = rows.replace(current.id(), current.version(), content);
            boolean applied = replaced == 1 || (attempt > 1 && holds(current.id(), next, data));
            return applied ? Optional.of(new Document(current.id(), next, data.deepCopy())) : Optional.empty();
        });
    }

    @Override
    public boolean delete(Document current) {
        return write(attempt -> rows.delete(current.id(), current.version()) == 1);
    }

    @Override
    public long deleteAll(ObjectNode pattern) {
        if (isInNoDocument(pattern)) {
            return 0;
        }
        return write(attempt -> rows.delete((DeleteSpecification<Row>)
                (row, delete, builder) -> containing(pattern).of(row, builder)));
    }

    @Override
    public void close() {
        entities.getEntityManagerFactory().close();
    }

    private List<Document> select(Query query) {
        return rows
                .findBy(
                        new Matching(table, query),
                        found -> found.limit(query.limit()).all())
                .stream()
                .map(this::document)
                .toList();
    }

    /** After a lost answer: what is there if the earlier attempt was applied. */
    private Optional<List<Document>> alreadyInserted(List<ObjectNode> data) {
        List<Document> found = new ArrayList<>(data.size());
        for (ObjectNode each : data) {
            List<Document> same = select(Query.containing(versioned(each, 1)).limit(1));
            if (same.isEmpty() || !same.getFirst().data().equals(asStored(each))) {
                return Optional.empty();
            }
            found.add(same.getFirst());
        }
        return Optional.of(found);
    }

    private boolean holds(long id, long version, ObjectNode data) {
        return rows.findById(id)
                .map(this::document)
                .filter(found -> found.version() == version && found.data().equals(asStored(data)))
                .isPresent();
    }

    /** The character U+0000 is one that the database neither keeps nor takes in a question. */
    private static boolean isInNoDocument(JsonNode pattern) {
        return pattern.isString()
                ? pattern.stringValue().indexOf('\0') >= 0
                : pattern.valueStream().anyMatch(PostgresCollection::isInNoDocument)
                        || pattern.propertyStream()
                                .anyMatch(field -> field.getKey().indexOf('\0') >= 0);
    }

    private Matching containing(ObjectNode pattern) {
        return new Matching(table, Query.containing(pattern));
    }

    private Document document(Row row) {
        ObjectNode data = (ObjectNode) json.readTree(row.data());
        long version = data.path(Statements.VERSION).asLong(0);
        data.remove(Statements.VERSION);
        return new Document(row.id(), version, data);
    }

    /** With the same kinds of number nodes that reading gives. */
    private JsonNode asStored(ObjectNode data) {
        return json.readTree(text(data));
    }

    private ArrayNode firstVersions(List<ObjectNode> data) {
        ArrayNode rows = json.createArrayNode();
        data.forEach(each -> rows.add(versioned(each, 1)));
        return rows;
    }

    private static ObjectNode versioned(ObjectNode data, long version) {
        return data.deepCopy().put(Statements.VERSION, version);
    }

    private String text(ObjectNode data) {
        return kept(json.writeValueAsString(data));
    }

    /** A change is not refused for the character U+0000, which the database does not keep: whoever made it would try it again for ever. */
    private static String kept(String written) {
        return ESCAPE.matcher(written)
                .replaceAll(escape -> Matcher.quoteReplacement(escape.group().equals(NUL) ? REPLACED : escape.group()));
    }

    private <T> T write(IntFunction<T> work) {
        try {
            return onTable(() -> database.write(work));
        } catch (PersistenceException | DataAccessException failure) {
            throw SqlStates.isDuplicateKey(failure) ? new DuplicateKeyException(table.name(), failure) : failure;
        }
    }

    private <T> T onTable(Supplier<T> work) {
        if (!made) {
            makeTable();
        }
        try {
            return work.get();
        } catch (PersistenceException | DataAccessException refused) {
            // Dropped while this service ran, or another database took the address.
            if (!SqlStates.isAbsentTable(refused)) {
                throw refused;
            }
            makeTable();
            return work.get();
        }
    }

    private void makeTable() {
        making.lock();
        try {
            // "if not exists" is not enough where another service makes it at the same time: then it is there the
            // second time.
            made = isMade() || isMade();
        } finally {
            making.unlock();
        }
    }

    /** False: another service made something of it at the same moment, and nothing was made here. */
    private boolean isMade() {
        try {
            database.write(attempt -> makeWhatIsAbsent());
            return true;
        } catch (PersistenceException | DataAccessException refused) {
            if (SqlStates.isDuplicateKey(refused)) {
                return false;
            }
            throw notMade(refused);
        }
    }

    private String makeWhatIsAbsent() {
        if (!isThere(entities.createNativeQuery(table.exists(), Boolean.class))) {
            execute(table.create());
        }
        table.indexes().forEach((index, statement) -> {
            if (!isThere(entities.createNativeQuery(Statements.indexExists(), Boolean.class)
                    .setParameter("table", table.name())
                    .setParameter("index", index))) {
                execute(statement);
            }
        });
        return table.name();
    }

    private static boolean isThere(jakarta.persistence.Query question) {
        return Boolean.TRUE.equals(question.getSingleResult());
    }

    private void execute(String statement) {
        entities.createNativeQuery(statement).executeUpdate();
    }

    private FaultException notMade(RuntimeException refused) {
        return new FaultException(
                Fault.CONFIGURATION_INVALID,
                "The table %s with its indexes cannot be made (%s): grant the database user CREATE on the schema, or create them for it with: %s"
                        .formatted(table.name(), rootMessage(refused), table.script()),
                refused);
    }

    private static String rootMessage(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage()).lines().findFirst().orElse("no reason given");
    }
}
