/** Clients that exist only on the wire: they speak the whole protocol and train nothing. */
package io.nsfl.benchmarks.load;
