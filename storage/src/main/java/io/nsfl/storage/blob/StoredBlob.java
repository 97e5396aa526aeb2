package io.nsfl.storage.blob;

/**
 * What was put.
 *
 * @param sha256 of the content, in hex
 */
public record StoredBlob(Blob blob, String sha256) {}
