/** The document-store port: JSON documents with a version, unique keys and queries by containment. */
package io.nsfl.storage.document;
