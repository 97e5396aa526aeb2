/** Where randomness comes from, so that who draws need not know. */
package io.nsfl.federation.bits;
