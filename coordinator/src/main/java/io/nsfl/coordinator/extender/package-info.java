/**
 * A job's own code beside the coordinator: what it gives the clients before a round, and what it makes of their updates after it. Runs in
 * confined processes of its own; nothing that it does ends more than the attempt of a round.
 */
package io.nsfl.coordinator.extender;
