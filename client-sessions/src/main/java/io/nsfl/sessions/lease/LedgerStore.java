package io.nsfl.sessions.lease;

import io.nsfl.storage.document.CollectionSpec;
import io.nsfl.storage.document.Document;
import io.nsfl.storage.document.DocumentCollection;
import io.nsfl.storage.document.DocumentStore;
import io.nsfl.storage.document.DuplicateKeyException;
import io.nsfl.storage.document.Query;
import io.nsfl.storage.document.UniqueKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Ledgers in the store's collection {@code leases}, one document per run. This process is the only writer: a version that is not the one
 * it wrote last comes from a write of its own whose answer was lost, and is written over.
 */
public final class LedgerStore {
    private static final int ATTEMPTS = 3;

    private final DocumentCollection collection;
    private final Map<String, Document> written = new HashMap<>();

    public LedgerStore(DocumentStore store) {
        collection = store.collection(CollectionSpec.of("leases", UniqueKey.of("run")));
    }

    /** Everything that is stored. */
    public List<RunLedger> load() {
        List<RunLedger> ledgers = new ArrayList<>();
        for (Document document : collection.query(Query.all())) {
            RunLedger ledger = LedgerDocument.read(document.data());
            written.put(ledger.run(), document);
            ledgers.add(ledger);
        }
        return ledgers;
    }

    /** Makes the ledger as it is now durable. */
    public void write(RunLedger ledger) {
        ObjectNode data = LedgerDocument.write(ledger);
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            Optional<Document> done = writeOver(Optional.ofNullable(written.get(ledger.run())), data);
            if (done.isPresent()) {
                written.put(ledger.run(), done.get());
                return;
            }
            written.remove(ledger.run());
            collection.find(keyOf(ledger.run())).ifPresent(found -> written.put(ledger.run(), found));
        }
        throw new IllegalStateException("The leases of run " + ledger.run()
                + " are written by somebody else: is a second client-selector running?");
    }

    private Optional<Document> writeOver(Optional<Document> known, ObjectNode data) {
        if (known.isPresent()) {
            return collection.replace(known.get(), data);
        }
        try {
            return Optional.of(collection.insert(data));
        } catch (DuplicateKeyException e) {
            return Optional.empty();
        }
    }

    public void delete(RunLedger ledger) {
        collection.deleteAll(keyOf(ledger.run()));
        written.remove(ledger.run());
    }

    private static ObjectNode keyOf(String run) {
        return JsonNodeFactory.instance.objectNode().put("run", run);
    }
}
