/** Timers behind a port, and the mailbox: one owner thread of control per piece of state. */
package io.nsfl.servicekit.time;
