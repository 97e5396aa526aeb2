package io.nsfl.sessions.registry;

import io.nsfl.storage.document.CollectionSpec;
import io.nsfl.storage.document.Document;
import io.nsfl.storage.document.DocumentCollection;
import io.nsfl.storage.document.DocumentStore;
import io.nsfl.storage.document.DuplicateKeyException;
import io.nsfl.storage.document.Query;
import io.nsfl.storage.document.UniqueKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Clients in the store's collection {@code clients}. Written some time after the fact: whatever a lost write would have said, the client
 * says again when it registers, except for its counters, which may lag by the last seconds before a crash.
 *
 * <p>Writes come from one thread at a time.
 */
public final class ClientStore {
    private final DocumentCollection collection;
    private final Map<String, Document> written = new ConcurrentHashMap<>();

    public ClientStore(DocumentStore store) {
        collection = store.collection(CollectionSpec.of("clients", UniqueKey.of("client_id")));
    }

    public void load(Registry registry, long nowMs) {
        for (Document document : collection.query(Query.all())) {
            Client client = ClientDocument.read(document.data(), nowMs);
            written.put(client.id(), document);
            registry.restore(client);
        }
    }

    /** Writes snapshots, the new ones in one round trip. */
    public void write(List<ObjectNode> snapshots) {
        List<ObjectNode> unknown = new ArrayList<>();
        for (ObjectNode snapshot : snapshots) {
            Document known = written.get(idOf(snapshot));
            if (known == null) {
                unknown.add(snapshot);
            } else {
                writeOver(Optional.of(known), snapshot);
            }
        }
        if (!unknown.isEmpty()) {
            insert(unknown);
        }
    }

    private void insert(List<ObjectNode> snapshots) {
        try {
            collection.insertAll(snapshots).forEach(this::remember);
        } catch (DuplicateKeyException e) {
            // Some of them are there: from a write whose answer was lost.
            snapshots.forEach(snapshot -> writeOver(collection.find(keyOf(idOf(snapshot))), snapshot));
        }
    }

    private void writeOver(Optional<Document> known, ObjectNode snapshot) {
        if (known.isEmpty()) {
            remember(collection.insert(snapshot));
            return;
        }
        Optional<Document> replaced = collection.replace(known.get(), snapshot);
        if (replaced.isEmpty()) {
            replaced = collection.find(keyOf(idOf(snapshot))).flatMap(found -> collection.replace(found, snapshot));
        }
        replaced.ifPresentOrElse(this::remember, () -> written.remove(idOf(snapshot)));
    }

    public void delete(String clientId) {
        collection.deleteAll(keyOf(clientId));
        written.remove(clientId);
    }

    private void remember(Document document) {
        written.put(idOf(document.data()), document);
    }

    private static String idOf(ObjectNode snapshot) {
        return snapshot.required("client_id").asString();
    }

    private static ObjectNode keyOf(String clientId) {
        return JsonNodeFactory.instance.objectNode().put("client_id", clientId);
    }
}
