/** Measures the parts whose speed the platform promises. */
package io.nsfl.benchmarks;
