/** The blob-store port: files by path, put atomically, read as streams. */
package io.nsfl.storage.blob;
