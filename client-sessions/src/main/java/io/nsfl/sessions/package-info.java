/**
 * Who the clients are, which of them are chosen, and what each of them is asked to do. {@link io.nsfl.sessions.ClientSessions} puts
 * the parts together for the client-selector and for a coordinator in direct mode.
 */
package io.nsfl.sessions;
