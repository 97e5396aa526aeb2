package io.nsfl.federation.secagg;

import io.nsfl.federation.secagg.crypto.Ed25519;

/** Verifies what identities sign. Ed25519 outside of tests, where thousands of sessions would be spent on nothing else. */
@FunctionalInterface
interface SignatureCheck {
    SignatureCheck ED25519 = Ed25519::verifies;

    boolean verifies(byte[] identityKey, byte[] message, byte[] signature);
}
