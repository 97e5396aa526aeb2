package io.nsfl.storage.document;

/** A document with the same value of a unique key is already there. An answer of the store, not a fault of it. */
public final class DuplicateKeyException extends RuntimeException {
    public DuplicateKeyException(String collection, Throwable cause) {
        super("Collection " + collection + " already holds a document with this key.", cause);
    }
}
