/** Uploads: bytes that arrive through REST or that the caller puts into the store himself, and the watch over both. */
package io.nsfl.modelmanager.upload;
