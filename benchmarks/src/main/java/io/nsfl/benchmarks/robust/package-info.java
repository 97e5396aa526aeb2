/** Robust rules over the same updates, here and in Flower. */
package io.nsfl.benchmarks.robust;
