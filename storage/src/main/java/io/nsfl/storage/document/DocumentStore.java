package io.nsfl.storage.document;

/**
 * A database of JSON documents in named collections.
 *
 * <p>Thread-safe. Calls block; what is acknowledged is durable. A store whose database is away reconnects by itself: each call is
 * retried for a bounded time and then fails with {@link io.nsfl.protocol.fault.Fault#DATABASE_UNAVAILABLE}; a later call succeeds
 * as soon as the database is back.
 */
public interface DocumentStore extends AutoCloseable {
    /**
     * The collection of this name. Nothing is asked of the database yet: the table and its unique keys are made at the first use if
     * they are absent; missing rights to make them fail that use with
     * {@link io.nsfl.protocol.fault.Fault#CONFIGURATION_INVALID} and a sentence that names the right.
     */
    DocumentCollection collection(CollectionSpec spec);

    /** Gives the connections back; the collections fail from now on. */
    @Override
    void close();
}
