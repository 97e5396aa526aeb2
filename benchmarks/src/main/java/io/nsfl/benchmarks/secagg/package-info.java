/** Secure aggregation without a network: a whole session of clients and server in one process, and what each side spends on it. */
package io.nsfl.benchmarks.secagg;
