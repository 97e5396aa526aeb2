/** The document-store port in the memory of this process: direct mode and tests. */
package io.nsfl.storage.document.memory;
