/** What the coordinator took, and how it is told. */
package io.nsfl.benchmarks.measure;
