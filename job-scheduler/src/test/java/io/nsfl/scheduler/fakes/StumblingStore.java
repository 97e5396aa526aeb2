package io.nsfl.scheduler.fakes;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.storage.document.CollectionSpec;
import io.nsfl.storage.document.Document;
import io.nsfl.storage.document.DocumentCollection;
import io.nsfl.storage.document.DocumentStore;
import io.nsfl.storage.document.Query;
import io.nsfl.storage.document.memory.MemoryDocumentStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/** A database that goes away when a test says so: before it carries out a change, or after it, so that only the answer is lost. */
public final class StumblingStore implements DocumentStore {
    private final DocumentStore store = new MemoryDocumentStore();
    private final Map<String, Boolean> stumbles = new ConcurrentHashMap<>();

    /** The next insert or replacement in this collection is not carried out. */
    public void refuseNext(String collection) {
        stumbles.put(collection, false);
    }

    /** The next insert or replacement in this collection is carried out, and looks as if it was not. */
    public void loseNextAnswer(String collection) {
        stumbles.put(collection, true);
    }

    /** Whether all that was ordered has happened. */
    public boolean hasStumbled() {
        return stumbles.isEmpty();
    }

    @Override
    public DocumentCollection collection(CollectionSpec spec) {
        return new Stumbling(spec.name(), store.collection(spec));
    }

    @Override
    public void close() {
        store.close();
    }

    private <T> T change(String collection, Supplier<T> change) {
        Boolean carriedOut = stumbles.remove(collection);
        if (carriedOut == null) {
            return change.get();
        }
        if (carriedOut) {
            change.get();
        }
        throw new FaultException(Fault.DATABASE_UNAVAILABLE, "The database does not answer.");
    }

    private final class Stumbling implements DocumentCollection {
        private final String name;
        private final DocumentCollection documents;

        private Stumbling(String name, DocumentCollection documents) {
            this.name = name;
            this.documents = documents;
        }

        @Override
        public Document insert(ObjectNode data) {
            return change(name, () -> documents.insert(data));
        }

        @Override
        public List<Document> insertAll(List<ObjectNode> data) {
            return change(name, () -> documents.insertAll(data));
        }

        @Override
        public Optional<Document> find(ObjectNode pattern) {
            return documents.find(pattern);
        }

        @Override
        public List<Document> query(Query query) {
            return documents.query(query);
        }

        @Override
        public long count(ObjectNode pattern) {
            return documents.count(pattern);
        }

        @Override
        public Optional<Document> replace(Document current, ObjectNode data) {
            return change(name, () -> documents.replace(current, data));
        }

        @Override
        public boolean delete(Document current) {
            return documents.delete(current);
        }

        @Override
        public long deleteAll(ObjectNode pattern) {
            return documents.deleteAll(pattern);
        }
    }
}
