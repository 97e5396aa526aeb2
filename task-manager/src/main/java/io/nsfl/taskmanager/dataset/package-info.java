/** The data this client has, by the names that jobs ask for. */
package io.nsfl.taskmanager.dataset;
