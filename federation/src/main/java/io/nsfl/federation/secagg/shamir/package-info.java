/** Secret sharing of 32 bytes (Shamir 1979) over the integers modulo 2^31 + 11. Knows nothing of clients or sessions. */
package io.nsfl.federation.secagg.shamir;
