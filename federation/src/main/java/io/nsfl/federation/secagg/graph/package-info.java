/** Which clients mask with each other, and how many have to (SecAgg+, Bell et al. 2020). */
package io.nsfl.federation.secagg.graph;
