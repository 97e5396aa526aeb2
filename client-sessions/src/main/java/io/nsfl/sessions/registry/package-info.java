/** Who the clients are: what they announced, whether they are there, and what became of the work they were given. */
package io.nsfl.sessions.registry;
