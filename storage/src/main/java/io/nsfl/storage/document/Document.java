package io.nsfl.storage.document;

import tools.jackson.databind.node.ObjectNode;

/**
 * A stored document.
 *
 * @param id grows with each insert of the collection; never used again
 * @param version grows with each replacement; what compare-and-set compares
 * @param data the content, without id and version
 */
public record Document(long id, long version, ObjectNode data) {}
