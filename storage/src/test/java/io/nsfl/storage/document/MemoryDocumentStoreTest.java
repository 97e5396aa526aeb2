package io.nsfl.storage.document;

import io.nsfl.storage.document.memory.MemoryDocumentStore;

class MemoryDocumentStoreTest implements DocumentStoreContract {
    @Override
    public DocumentCollection collection(CollectionSpec spec) {
        return new MemoryDocumentStore().collection(spec);
    }
}
