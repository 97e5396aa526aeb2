/** Where the platform keeps things: documents in a database, files in a directory or an object store. */
package io.nsfl.storage;
