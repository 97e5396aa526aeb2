package io.nsfl.modelmanager.catalog;

import io.nsfl.modelmanager.model.ModelName;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.storage.document.CollectionSpec;
import io.nsfl.storage.document.Document;
import io.nsfl.storage.document.DocumentCollection;
import io.nsfl.storage.document.DocumentStore;
import io.nsfl.storage.document.DuplicateKeyException;
import io.nsfl.storage.document.UniqueKey;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** Counts the versions of each model in the document store: no number is given out twice, not even after its version is deleted. */
public final class VersionNumbers {
    private static final String NEXT = "next";

    private final DocumentCollection counters;

    /** @param name of the table */
    public VersionNumbers(DocumentStore store, String name) {
        counters = store.collection(CollectionSpec.of(name, UniqueKey.of("namespace", "name")));
    }

    /** The next number of this model, from 0 on. */
    long take(ModelName model) {
        while (true) {
            Optional<Long> taken = tryTake(model);
            if (taken.isPresent()) {
                return taken.get();
            }
        }
    }

    /** Empty: somebody else took one meanwhile. */
    private Optional<Long> tryTake(ModelName model) {
        ObjectNode key = JobJson.newObject().put("namespace", model.namespace()).put("name", model.name());
        Optional<Document> counter = counters.find(key);
        if (counter.isPresent()) {
            long number = counter.get().data().path(NEXT).asLong(0);
            ObjectNode counted = counter.get().data().deepCopy().put(NEXT, number + 1);
            return counters.replace(counter.get(), counted).map(written -> number);
        }
        try {
            counters.insert(key.deepCopy().put(NEXT, 1));
            return Optional.of(0L);
        } catch (DuplicateKeyException taken) {
            return Optional.empty();
        }
    }
}
