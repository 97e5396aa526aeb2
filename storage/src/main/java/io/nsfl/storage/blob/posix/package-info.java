/** The blob-store port over a directory. */
package io.nsfl.storage.blob.posix;
