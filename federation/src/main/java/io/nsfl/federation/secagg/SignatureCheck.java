package io.nsfl.federation.secagg;

import io.nsfl.federation.secagg.crypto.Ed25519;

/** Verifies what identities sign. */
@FunctionalInterface
public interface SignatureCheck {
    /** Each signature anew, by the JDK. */
    SignatureCheck ED25519 = Ed25519::verifies;

    /**
     * @param identityKey 32 raw bytes
     * @return whether this key signed this message; a key or signature that cannot be decoded signed nothing
     */
    boolean verifies(byte[] identityKey, byte[] message, byte[] signature);
}
