/** Names of things: jobs, runtimes, new ids. */
package io.nsfl.protocol.ids;
