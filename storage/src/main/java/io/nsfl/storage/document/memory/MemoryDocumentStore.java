package io.nsfl.storage.document.memory;

import io.nsfl.storage.document.CollectionSpec;
import io.nsfl.storage.document.DocumentCollection;
import io.nsfl.storage.document.DocumentStore;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Documents in this process: gone with it. Everything else is as the port says. */
public final class MemoryDocumentStore implements DocumentStore {
    private final Map<String, MemoryCollection> collections = new ConcurrentHashMap<>();

    @Override
    public DocumentCollection collection(CollectionSpec spec) {
        return collections.computeIfAbsent(spec.name(), name -> new MemoryCollection(spec));
    }

    @Override
    public void close() {
        collections.clear();
    }
}
