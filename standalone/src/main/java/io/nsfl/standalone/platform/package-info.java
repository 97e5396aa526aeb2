/** The server side in one process: database, object store, services, and the API address. */
package io.nsfl.standalone.platform;
