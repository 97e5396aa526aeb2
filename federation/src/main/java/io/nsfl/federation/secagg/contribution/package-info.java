/** A client's weighted update, its weight and its metrics as one vector for secure aggregation, and the mean out of the sum. */
package io.nsfl.federation.secagg.contribution;
