/**
 * The coordinator's side of secure aggregation: the streams of clients that mask, the session that is open, and how results are laid out to
 * be masked. What a session's stages lead to is decided in {@code round}.
 */
package io.nsfl.coordinator.masking;
