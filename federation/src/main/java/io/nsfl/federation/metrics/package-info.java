/** Merges what the clients measured. */
package io.nsfl.federation.metrics;
