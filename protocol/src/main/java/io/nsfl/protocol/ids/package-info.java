/** Names of things and how they are proven: jobs, runtimes, new ids, a client's key, a run's key. */
package io.nsfl.protocol.ids;
