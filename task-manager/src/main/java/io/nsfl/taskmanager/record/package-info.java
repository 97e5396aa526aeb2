/** A record of this client's tasks in a database, written behind its own store and never read. */
package io.nsfl.taskmanager.record;
