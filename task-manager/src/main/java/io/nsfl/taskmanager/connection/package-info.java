/** The one stream to the server: registration, reports, assignments. */
package io.nsfl.taskmanager.connection;
