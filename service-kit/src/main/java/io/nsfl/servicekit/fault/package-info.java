/** One translator of faults at each edge: REST answers, gRPC statuses, and back on the calling side. */
package io.nsfl.servicekit.fault;
