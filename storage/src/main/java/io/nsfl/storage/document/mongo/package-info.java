/**
 * The document-store port over MongoDB: a collection of the same name, whose documents are {@code {_id, _version, _keys, data}}. The
 * database narrows a query down; what it means exactly is decided here, so that it means the same in every store.
 */
package io.nsfl.storage.document.mongo;
