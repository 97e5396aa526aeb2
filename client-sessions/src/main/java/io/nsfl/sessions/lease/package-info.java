/**
 * Who is asked to do what: runs, their reservations and the leases in them, as they lie in the store. Used by the sessions' own
 * thread only.
 */
package io.nsfl.sessions.lease;
