package io.nsfl.storage.document.postgres;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.storage.document.Document;
import io.nsfl.storage.document.DocumentCollection;
import io.nsfl.storage.document.DuplicateKeyException;
import io.nsfl.storage.document.Order;
import io.nsfl.storage.document.Query;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** One table of documents. */
final class PostgresCollection implements DocumentCollection {
    private final Database database;
    private final Table table;
    private final JsonMapper json;
    private final ReentrantLock making = new ReentrantLock();
    private volatile boolean made;

    PostgresCollection(Database database, Table table, JsonMapper json) {
        this.database = database;
        this.table = table;
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
        String rows = json.writeValueAsString(firstVersions(data));
        return onTable((jdbc, attempt) -> {
            if (attempt > 1) {
                Optional<List<Document>> applied = alreadyInserted(jdbc, data);
                if (applied.isPresent()) {
                    return applied.get();
                }
            }
            List<Long> ids = unique(() -> jdbc.queryForList(table.insertAll(), Long.class, rows));
            List<Document> inserted = new ArrayList<>(data.size());
            for (int row = 0; row < data.size(); row++) {
                inserted.add(new Document(ids.get(row), 1, data.get(row).deepCopy()));
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
        return onTable((jdbc, attempt) -> select(jdbc, query));
    }

    @Override
    public long count(ObjectNode pattern) {
        return onTable((jdbc, attempt) -> jdbc.queryForObject(table.count(), Long.class, text(pattern)));
    }

    @Override
    public Optional<Document> replace(Document current, ObjectNode data) {
        long next = current.version() + 1;
        String content = text(versioned(data, next));
        return onTable((jdbc, attempt) -> {
            int rows = unique(() -> jdbc.update(table.replace(), content, current.id(), current.version()));
            boolean applied = rows == 1 || (attempt > 1 && holds(jdbc, current.id(), next, data));
            return applied ? Optional.of(new Document(current.id(), next, data.deepCopy())) : Optional.empty();
        });
    }

    @Override
    public boolean delete(Document current) {
        return onTable((jdbc, attempt) -> jdbc.update(table.delete(), current.id(), current.version()) == 1);
    }

    @Override
    public long deleteAll(ObjectNode pattern) {
        return onTable((jdbc, attempt) -> (long) jdbc.update(table.deleteAll(), text(pattern)));
    }

    private List<Document> select(JdbcTemplate jdbc, Query query) {
        StringBuilder sql = new StringBuilder(table.select()).append(" where data @> ?::jsonb");
        List<Object> arguments = new ArrayList<>(List.of(text(query.pattern())));
        table.implied(query.pattern()).forEach((field, condition) -> {
            sql.append(" and ").append(condition);
            arguments.add(field.in(query.pattern()).stringValue());
        });
        boolean descending = query.order().map(Order::descending).orElse(false);
        query.start().ifPresent(start -> {
            String comparison = descending ? " < " : " > ";
            query.order()
                    .ifPresentOrElse(
                            order -> {
                                sql.append(" and (")
                                        .append(Table.expression(order))
                                        .append(", id)")
                                        .append(comparison)
                                        .append("(?, ?)");
                                arguments.add(argument(order, start.value().orElseThrow()));
                            },
                            () -> sql.append(" and id").append(comparison).append("?"));
            arguments.add(start.id());
        });
        sql.append(" order by ");
        String direction = descending ? " desc" : "";
        query.order()
                .ifPresent(order ->
                        sql.append(Table.expression(order)).append(direction).append(", "));
        sql.append("id").append(direction).append(" limit ?");
        arguments.add(query.limit());
        return jdbc.query(sql.toString(), (row, number) -> document(row), arguments.toArray());
    }

    private static Object argument(Order order, String value) {
        return switch (order.kind()) {
            case TEXT -> value;
            case NUMBER -> new BigDecimal(value);
        };
    }

    /** After a lost answer: what is there if the earlier attempt was applied. */
    private Optional<List<Document>> alreadyInserted(JdbcTemplate jdbc, List<ObjectNode> data) {
        List<Document> found = new ArrayList<>(data.size());
        for (ObjectNode each : data) {
            List<Document> same =
                    select(jdbc, Query.containing(versioned(each, 1)).limit(1));
            if (same.isEmpty() || !same.getFirst().data().equals(asStored(each))) {
                return Optional.empty();
            }
            found.add(same.getFirst());
        }
        return Optional.of(found);
    }

    private boolean holds(JdbcTemplate jdbc, long id, long version, ObjectNode data) {
        return jdbc.query(table.select() + " where id = ?", (row, number) -> document(row), id).stream()
                .anyMatch(found -> found.version() == version && found.data().equals(asStored(data)));
    }

    private Document document(ResultSet row) throws SQLException {
        ObjectNode data = (ObjectNode) json.readTree(row.getString("data"));
        long version = data.path(Table.VERSION).asLong(0);
        data.remove(Table.VERSION);
        return new Document(row.getLong("id"), version, data);
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
        return data.deepCopy().put(Table.VERSION, version);
    }

    private String text(ObjectNode data) {
        return json.writeValueAsString(data);
    }

    private <T> T unique(Supplier<T> work) {
        try {
            return work.get();
        } catch (org.springframework.dao.DuplicateKeyException duplicate) {
            throw new DuplicateKeyException(table.name(), duplicate);
        }
    }

    private <T> T onTable(Database.Work<T> work) {
        if (!made) {
            makeTable();
        }
        try {
            return database.run(work);
        } catch (BadSqlGrammarException refused) {
            // Dropped while this service ran, or another database took the address.
            if (!Table.IS_ABSENT.equals(refused.getSQLException().getSQLState())) {
                throw refused;
            }
            makeTable();
            return database.run(work);
        }
    }

    private void makeTable() {
        making.lock();
        try {
            // "if not exists" is not enough where another service makes it at the same time: then it is there the
            // second time.
            try {
                makeTableOnce();
            } catch (DataIntegrityViolationException madeByAnother) {
                makeTableOnce();
            }
            made = true;
        } finally {
            making.unlock();
        }
    }

    private void makeTableOnce() {
        try {
            database.run((jdbc, attempt) -> {
                if (!Boolean.TRUE.equals(jdbc.queryForObject(table.exists(), Boolean.class))) {
                    jdbc.execute(table.create());
                }
                table.indexes().forEach((index, statement) -> {
                    if (!Boolean.TRUE.equals(
                            jdbc.queryForObject(Table.indexExists(), Boolean.class, table.name(), index))) {
                        jdbc.execute(statement);
                    }
                });
                return table.name();
            });
        } catch (DataIntegrityViolationException madeByAnother) {
            throw madeByAnother;
        } catch (DataAccessException refused) {
            throw new FaultException(
                    Fault.CONFIGURATION_INVALID,
                    "The table %s with its indexes cannot be made (%s): grant the database user CREATE on the schema, or create them for it with: %s"
                            .formatted(table.name(), rootMessage(refused), table.script()),
                    refused);
        }
    }

    private static String rootMessage(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage()).lines().findFirst().orElse("no reason given");
    }
}
