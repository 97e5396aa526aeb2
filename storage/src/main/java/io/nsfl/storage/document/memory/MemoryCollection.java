package io.nsfl.storage.document.memory;

import io.nsfl.storage.document.CollectionSpec;
import io.nsfl.storage.document.Containment;
import io.nsfl.storage.document.Document;
import io.nsfl.storage.document.DocumentCollection;
import io.nsfl.storage.document.DuplicateKeyException;
import io.nsfl.storage.document.FieldPath;
import io.nsfl.storage.document.Query;
import io.nsfl.storage.document.UniqueKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** One collection in memory; one lock for all of it. */
final class MemoryCollection implements DocumentCollection {
    private final CollectionSpec spec;
    private final TreeMap<Long, Document> documents = new TreeMap<>();
    /** Per unique key: its values and who holds them. */
    private final Map<UniqueKey, Map<List<String>, Long>> holders = new HashMap<>();

    private long lastId;

    MemoryCollection(CollectionSpec spec) {
        this.spec = spec;
        spec.uniqueKeys().forEach(key -> holders.put(key, new HashMap<>()));
    }

    @Override
    public synchronized Document insert(ObjectNode data) {
        Document added = new Document(lastId + 1, 1, data.deepCopy());
        claim(added);
        lastId++;
        documents.put(added.id(), added);
        return copy(added);
    }

    @Override
    public synchronized List<Document> insertAll(List<ObjectNode> data) {
        List<Document> added = new ArrayList<>(data.size());
        try {
            data.forEach(each -> added.add(insert(each)));
        } catch (DuplicateKeyException duplicate) {
            added.forEach(this::remove);
            throw duplicate;
        }
        return added;
    }

    @Override
    public synchronized Optional<Document> find(ObjectNode pattern) {
        return query(Query.containing(pattern).limit(1)).stream().findFirst();
    }

    @Override
    public synchronized List<Document> query(Query query) {
        spec.requireListed(query);
        return query.of(documents.values()).stream().map(MemoryCollection::copy).toList();
    }

    @Override
    public synchronized long count(ObjectNode pattern) {
        return documents.values().stream()
                .filter(document -> Containment.contains(document.data(), pattern))
                .count();
    }

    @Override
    public synchronized Optional<Document> replace(Document current, ObjectNode data) {
        Document stored = documents.get(current.id());
        if (stored == null || stored.version() != current.version()) {
            return Optional.empty();
        }
        Document next = new Document(stored.id(), stored.version() + 1, data.deepCopy());
        unclaim(stored);
        try {
            claim(next);
        } catch (DuplicateKeyException duplicate) {
            claim(stored);
            throw duplicate;
        }
        documents.put(next.id(), next);
        return Optional.of(copy(next));
    }

    @Override
    public synchronized boolean delete(Document current) {
        Document stored = documents.get(current.id());
        if (stored == null || stored.version() != current.version()) {
            return false;
        }
        remove(stored);
        return true;
    }

    @Override
    public synchronized long deleteAll(ObjectNode pattern) {
        List<Document> gone = documents.values().stream()
                .filter(document -> Containment.contains(document.data(), pattern))
                .toList();
        gone.forEach(this::remove);
        return gone.size();
    }

    private void remove(Document document) {
        unclaim(document);
        documents.remove(document.id());
    }

    private void claim(Document document) {
        for (UniqueKey key : spec.uniqueKeys()) {
            Optional<List<String>> values = values(key, document.data());
            if (values.isPresent() && holders.get(key).containsKey(values.get())) {
                throw new DuplicateKeyException(spec.name(), null);
            }
        }
        spec.uniqueKeys()
                .forEach(key -> values(key, document.data())
                        .ifPresent(values -> holders.get(key).put(values, document.id())));
    }

    private void unclaim(Document document) {
        spec.uniqueKeys().forEach(key -> values(key, document.data()).ifPresent(holders.get(key)::remove));
    }

    private static Optional<List<String>> values(UniqueKey key, ObjectNode data) {
        List<String> values = new ArrayList<>();
        for (FieldPath field : key.fields()) {
            JsonNode value = field.in(data);
            if (value.isMissingNode() || value.isNull()) {
                return Optional.empty();
            }
            values.add(value.isString() ? value.stringValue() : value.toString());
        }
        return Optional.of(values);
    }

    private static Document copy(Document document) {
        return new Document(document.id(), document.version(), document.data().deepCopy());
    }
}
