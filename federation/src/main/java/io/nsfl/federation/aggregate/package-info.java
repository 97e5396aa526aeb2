/** Combines the updates of a round into one: the aggregator's interface and the exact, order-free fold behind federated averaging. */
package io.nsfl.federation.aggregate;
