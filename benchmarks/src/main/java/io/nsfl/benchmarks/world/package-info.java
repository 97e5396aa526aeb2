/** A platform of its own for one measurement, its clients and its job; gone afterwards. */
package io.nsfl.benchmarks.world;
