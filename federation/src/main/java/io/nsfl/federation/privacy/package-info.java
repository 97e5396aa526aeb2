/**
 * Differential privacy: clipping, noise that survives the attacks on floating-point samplers, and the account of what was released. All
 * of it under add-or-remove adjacency: two neighbouring inputs differ in one client's whole contribution, there or not there.
 */
package io.nsfl.federation.privacy;
