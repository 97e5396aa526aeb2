package io.nsfl.storage.document;

import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * One collection. Documents that come out are copies: changing one changes nothing in the store. All calls may fail as
 * {@link DocumentStore} says.
 */
public interface DocumentCollection {
    /**
     * Adds a document.
     *
     * @throws DuplicateKeyException another document has the same value of a unique key; nothing was added
     */
    Document insert(ObjectNode data);

    /**
     * Adds all of them or none, in this order, in one round trip.
     *
     * @throws DuplicateKeyException as {@link #insert}
     */
    List<Document> insertAll(List<ObjectNode> data);

    /** The oldest document that contains {@code pattern} (see {@link Query}); usually the pattern is a unique key. */
    Optional<Document> find(ObjectNode pattern);

    /**
     * All that match, in the query's order, up to its limit.
     *
     * @throws IllegalArgumentException the collection is not listed in this order (see {@link CollectionSpec#listings})
     */
    List<Document> query(Query query);

    /** How many documents contain {@code pattern}. */
    long count(ObjectNode pattern);

    /**
     * Replaces the whole document if it is still at {@code current}'s version.
     *
     * @return the document at its next version, or empty: somebody else replaced or deleted it, read again
     * @throws DuplicateKeyException the new content collides with another document; nothing was changed
     */
    Optional<Document> replace(Document current, ObjectNode data);

    /** Deletes the document if it is still at this version; false: somebody else replaced or deleted it. */
    boolean delete(Document current);

    /** Deletes all documents that contain {@code pattern} and says how many there were; an empty pattern deletes everything. */
    long deleteAll(ObjectNode pattern);
}
