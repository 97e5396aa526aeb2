package io.nsfl.sessions.desk;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.storage.document.CollectionSpec;
import io.nsfl.storage.document.Document;
import io.nsfl.storage.document.DocumentCollection;
import io.nsfl.storage.document.DocumentStore;
import io.nsfl.storage.document.Query;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** A store whose writes fail while its database is away; with {@code answersLost} they happen all the same. */
final class FailingStore implements DocumentStore {
    private final DocumentStore store;
    boolean away;
    boolean answersLost;

    FailingStore(DocumentStore store) {
        this.store = store;
    }

    @Override
    public DocumentCollection collection(CollectionSpec spec) {
        DocumentCollection collection = store.collection(spec);
        return new DocumentCollection() {
            @Override
            public Document insert(ObjectNode data) {
                return write(() -> collection.insert(data));
            }

            @Override
            public List<Document> insertAll(List<ObjectNode> data) {
                return write(() -> collection.insertAll(data));
            }

            @Override
            public Optional<Document> find(ObjectNode pattern) {
                return collection.find(pattern);
            }

            @Override
            public List<Document> query(Query query) {
                return collection.query(query);
            }

            @Override
            public long count(ObjectNode pattern) {
                return collection.count(pattern);
            }

            @Override
            public Optional<Document> replace(Document current, ObjectNode data) {
                return write(() -> collection.replace(current, data));
            }

            @Override
            public boolean delete(Document current) {
                return write(() -> collection.delete(current));
            }

            @Override
            public long deleteAll(ObjectNode pattern) {
                return write(() -> collection.deleteAll(pattern));
            }
        };
    }

    private <T> T write(java.util.function.Supplier<T> write) {
        if (!away) {
            return write.get();
        }
        if (answersLost) {
            write.get();
        }
        throw new FaultException(Fault.DATABASE_UNAVAILABLE, "the database is away");
    }

    @Override
    public void close() {
        store.close();
    }
}
