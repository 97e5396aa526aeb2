/** A task's life at the client, written to LMDB before it is believed: states, transitions, the store, and the one writer of it all. */
package io.nsfl.taskmanager.task;
