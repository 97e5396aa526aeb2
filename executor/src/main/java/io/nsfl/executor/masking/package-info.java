/**
 * Secure aggregation at the client: what it trained stays in this executor's private place, and leaves masked together with other clients'.
 */
package io.nsfl.executor.masking;
