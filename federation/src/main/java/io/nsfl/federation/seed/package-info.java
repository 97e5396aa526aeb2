/** Seeds that follow from the job's seed, so that a job can be repeated bit by bit. */
package io.nsfl.federation.seed;
