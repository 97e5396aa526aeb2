/** Masks over 32-bit integers from short keys, at the speed of memory. */
package io.nsfl.federation.secagg.mask;
