/** Secure aggregation between the coordinator's and the executor's real parts over real gRPC, with clients that die where a test says. */
package io.nsfl.systemtests.masking;
