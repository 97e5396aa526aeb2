/** Real numbers as bounded integers whose sums are exact, and back. */
package io.nsfl.federation.secagg.quantise;
