package io.nsfl.storage;

import io.nsfl.storage.document.DatabaseSettings;
import io.nsfl.storage.document.DocumentStore;
import io.nsfl.storage.document.memory.MemoryDocumentStore;
import io.nsfl.storage.document.mongo.MongoDocumentStore;
import io.nsfl.storage.document.postgres.PostgresDocumentStore;

/** Opens the document store that a configuration names. */
public final class DocumentStores {
    private DocumentStores() {}

    /** The store. Nothing is asked of the database yet, so a service starts while it is away. */
    public static DocumentStore open(DatabaseSettings settings) {
        return switch (settings.type()) {
            case POSTGRESQL -> PostgresDocumentStore.open(settings, Thread::sleep);
            case MONGO -> MongoDocumentStore.open(settings, Thread::sleep);
            case MEMORY -> new MemoryDocumentStore();
        };
    }
}
