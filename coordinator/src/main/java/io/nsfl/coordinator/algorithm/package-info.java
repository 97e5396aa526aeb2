/** A job's algorithm at the server: chosen from its configuration in one place, {@link io.nsfl.coordinator.algorithm.AlgorithmChoice}. */
package io.nsfl.coordinator.algorithm;
