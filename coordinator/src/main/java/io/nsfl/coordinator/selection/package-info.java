/** Choosing clients and keeping their leases: by the client-selector, or by the sessions that this process hosts itself. */
package io.nsfl.coordinator.selection;
