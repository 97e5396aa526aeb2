/** What a client and a coordinator have to understand in the same way about masked results. */
package io.nsfl.protocol.masking;
