package io.nsfl.storage.document.mongo;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoCursor;
import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.ReturnDocument;
import io.nsfl.storage.document.CollectionSpec;
import io.nsfl.storage.document.Containment;
import io.nsfl.storage.document.DocumentCollection;
import io.nsfl.storage.document.DuplicateKeyException;
import io.nsfl.storage.document.FieldPath;
import io.nsfl.storage.document.Query;
import io.nsfl.storage.document.UniqueKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.bson.Document;
import org.springframework.data.mongodb.core.MongoTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * One collection. Several documents are inserted one after the other and taken back together when one of them is refused: a crash
 * between leaves the first of them.
 */
final class MongoCollectionOfDocuments implements DocumentCollection {
    private static final String ID = "_id";
    private static final String VERSION = "_version";
    private static final String KEYS = "_keys";
    private static final String DATA = "data";
    private static final String COUNTERS = "nsfl_counters";
    private static final int LARGEST_BATCH = 1000;

    private final MongoTemplate mongo;
    private final Reach reach;
    private final CollectionSpec spec;
    private final Listings listings;
    private volatile boolean made;

    MongoCollectionOfDocuments(MongoTemplate mongo, Reach reach, CollectionSpec spec) {
        this.mongo = mongo;
        this.reach = reach;
        this.spec = spec;
        this.listings = new Listings(spec);
    }

    @Override
    public io.nsfl.storage.document.Document insert(ObjectNode data) {
        return insertAll(List.of(data)).getFirst();
    }

    @Override
    public List<io.nsfl.storage.document.Document> insertAll(List<ObjectNode> data) {
        if (data.isEmpty()) {
            return List.of();
        }
        long first = onCollection((collection, attempt) -> takeIds(data.size()));
        List<Document> rows = new ArrayList<>(data.size());
        List<io.nsfl.storage.document.Document> inserted = new ArrayList<>(data.size());
        for (ObjectNode each : data) {
            long id = first + rows.size();
            rows.add(row(id, 1, each));
            inserted.add(new io.nsfl.storage.document.Document(id, 1, each.deepCopy()));
        }
        onCollection((collection, attempt) -> {
            insert(collection, rows, attempt);
            return inserted;
        });
        return inserted;
    }

    /** Ids are this call's own: what is there under them after a lost answer was put there by it. */
    private void insert(MongoCollection<Document> collection, List<Document> rows, int attempt) {
        List<Long> ids = rows.stream().map(row -> row.getLong(ID)).toList();
        Document mine = new Document(ID, new Document("$in", ids));
        if (attempt > 1) {
            collection.deleteMany(mine);
        }
        try {
            unique(() -> mongo.execute(spec.name(), rowsOf -> rowsOf.insertMany(rows)));
        } catch (DuplicateKeyException duplicate) {
            collection.deleteMany(mine);
            throw duplicate;
        }
    }

    private long takeIds(int count) {
        Document counter = mongo.execute(
                COUNTERS,
                counters -> counters.findOneAndUpdate(
                        new Document(ID, spec.name()),
                        new Document("$inc", new Document("last", (long) count)),
                        new FindOneAndUpdateOptions().upsert(true).returnDocument(ReturnDocument.AFTER)));
        return counter.getLong("last") - count + 1;
    }

    @Override
    public Optional<io.nsfl.storage.document.Document> find(ObjectNode pattern) {
        return query(Query.containing(pattern).limit(1)).stream().findFirst();
    }

    @Override
    public List<io.nsfl.storage.document.Document> query(Query query) {
        spec.requireListed(query);
        return onCollection((collection, attempt) -> select(collection, query));
    }

    private List<io.nsfl.storage.document.Document> select(MongoCollection<Document> collection, Query query) {
        Document filter = Bson.narrowed(DATA, query.pattern());
        for (UniqueKey key : spec.uniqueKeys()) {
            if (isWholeTextIn(query.pattern(), key)) {
                values(key, query.pattern()).ifPresent(values -> filter.append(KEYS + "." + name(key), values));
            }
        }
        filter.putAll(listings.following(query));
        List<io.nsfl.storage.document.Document> found = new ArrayList<>();
        try (MongoCursor<Document> rows = collection
                .find(filter)
                .sort(Listings.sort(query))
                .batchSize(Math.min(query.limit(), LARGEST_BATCH))
                .iterator()) {
            while (found.size() < query.limit() && rows.hasNext()) {
                io.nsfl.storage.document.Document document = document(rows.next());
                if (Containment.contains(document.data(), query.pattern())) {
                    found.add(document);
                }
            }
        }
        return found;
    }

    @Override
    public long count(ObjectNode pattern) {
        return onCollection((collection, attempt) -> pattern.isEmpty()
                ? collection.countDocuments()
                : (long) select(collection, Query.containing(pattern)).size());
    }

    @Override
    public Optional<io.nsfl.storage.document.Document> replace(
            io.nsfl.storage.document.Document current, ObjectNode data) {
        long next = current.version() + 1;
        Document row = row(current.id(), next, data);
        return onCollection((collection, attempt) -> {
            long matched = unique(() -> mongo.execute(spec.name(), rows -> rows.replaceOne(at(current), row)))
                    .getMatchedCount();
            boolean applied = matched == 1 || (attempt > 1 && isStored(collection, row));
            return applied
                    ? Optional.of(new io.nsfl.storage.document.Document(current.id(), next, data.deepCopy()))
                    : Optional.empty();
        });
    }

    private static boolean isStored(MongoCollection<Document> collection, Document row) {
        Document stored = collection.find(new Document(ID, row.get(ID))).first();
        return row.equals(stored);
    }

    @Override
    public boolean delete(io.nsfl.storage.document.Document current) {
        return onCollection(
                (collection, attempt) -> collection.deleteOne(at(current)).getDeletedCount() == 1);
    }

    @Override
    public long deleteAll(ObjectNode pattern) {
        return onCollection((collection, attempt) -> {
            if (pattern.isEmpty()) {
                return collection.deleteMany(new Document()).getDeletedCount();
            }
            List<Long> ids = select(collection, Query.containing(pattern)).stream()
                    .map(io.nsfl.storage.document.Document::id)
                    .toList();
            return collection
                    .deleteMany(new Document(ID, new Document("$in", ids)))
                    .getDeletedCount();
        });
    }

    private static Document at(io.nsfl.storage.document.Document current) {
        return new Document(ID, current.id()).append(VERSION, current.version());
    }

    private Document row(long id, long version, ObjectNode data) {
        Document keys = new Document();
        for (UniqueKey key : spec.uniqueKeys()) {
            values(key, data).ifPresent(values -> keys.put(name(key), values));
        }
        return new Document(ID, id)
                .append(VERSION, version)
                .append(KEYS, keys)
                .append(Listings.FIELD, listings.places(data))
                .append(DATA, Bson.document(data));
    }

    private static io.nsfl.storage.document.Document document(Document row) {
        long version = row.get(VERSION) instanceof Number number ? number.longValue() : 0;
        return new io.nsfl.storage.document.Document(
                ((Number) row.get(ID)).longValue(), version, Bson.object(row.get(DATA, new Document())));
    }

    private static String name(UniqueKey key) {
        return key.fields().stream()
                .map(field -> String.join("_", field.names()))
                .collect(Collectors.joining("__"));
    }

    /** The key's values as one text; empty where the document is free of it. */
    private static Optional<String> values(UniqueKey key, ObjectNode data) {
        ArrayNode values = JsonNodeFactory.instance.arrayNode();
        for (FieldPath field : key.fields()) {
            JsonNode value = field.in(data);
            if (value.isMissingNode() || value.isNull()) {
                return Optional.empty();
            }
            values.add(value.isString() ? value.stringValue() : value.toString());
        }
        return Optional.of(values.toString());
    }

    /** Numbers that are equal may be written in different ways. */
    private static boolean isWholeTextIn(ObjectNode pattern, UniqueKey key) {
        return key.fields().stream().allMatch(field -> field.in(pattern).isString());
    }

    private <T> T unique(Supplier<T> work) {
        try {
            return work.get();
        } catch (org.springframework.dao.DuplicateKeyException duplicate) {
            throw new DuplicateKeyException(spec.name(), duplicate);
        }
    }

    private <T> T onCollection(BiFunction<MongoCollection<Document>, Integer, T> work) {
        return reach.run(attempt -> {
            MongoCollection<Document> collection = mongo.getCollection(spec.name());
            if (!made) {
                makeIndexes(collection);
            }
            return work.apply(collection, attempt);
        });
    }

    /** Documents from before a listing was added. */
    private void placeThoseWithout(MongoCollection<Document> collection) {
        for (Document unplaced : listings.unplaced()) {
            for (Document row : collection.find(unplaced)) {
                collection.updateOne(
                        new Document(ID, row.get(ID)).append(VERSION, row.get(VERSION)),
                        new Document(
                                "$set",
                                new Document(
                                        Listings.FIELD,
                                        listings.places(document(row).data()))));
            }
        }
    }

    private void makeIndexes(MongoCollection<Document> collection) {
        for (UniqueKey key : spec.uniqueKeys()) {
            collection.createIndex(
                    new Document(KEYS + "." + name(key), 1),
                    new IndexOptions().unique(true).sparse(true));
        }
        listings.indexes().forEach(collection::createIndex);
        placeThoseWithout(collection);
        made = true;
    }
}
