/** The JDK's own cryptography over raw keys, as secure aggregation needs it. Holds no state and no randomness. */
package io.nsfl.federation.secagg.crypto;
