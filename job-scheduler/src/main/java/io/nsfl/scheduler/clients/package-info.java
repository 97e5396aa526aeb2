/** Calls to the client-selector and to coordinators, and the clients as users see them. */
package io.nsfl.scheduler.clients;
