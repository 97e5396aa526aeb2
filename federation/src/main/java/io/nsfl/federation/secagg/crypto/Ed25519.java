package io.nsfl.federation.secagg.crypto;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;

/** Verifies signatures of identity keys (RFC 8032). */
public final class Ed25519 {
    /** Bytes of a raw public key. */
    public static final int KEY_LENGTH = 32;

    /** Bytes of a signature. */
    public static final int SIGNATURE_LENGTH = 64;

    private static final String NAME = "Ed25519";

    /** DER of SubjectPublicKeyInfo (RFC 8410) up to the raw key: always the same 12 bytes. */
    private static final byte[] SPKI_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

    private Ed25519() {}

    /** The raw key as SubjectPublicKeyInfo (DER). */
    public static byte[] encoded(byte[] identityKey) {
        byte[] encoded = Arrays.copyOf(SPKI_PREFIX, SPKI_PREFIX.length + KEY_LENGTH);
        System.arraycopy(identityKey, 0, encoded, SPKI_PREFIX.length, KEY_LENGTH);
        return encoded;
    }

    /** Whether this raw key signed this message; a key or signature that cannot be decoded signed nothing. */
    public static boolean verifies(byte[] identityKey, byte[] message, byte[] signature) {
        if (identityKey.length != KEY_LENGTH || signature.length != SIGNATURE_LENGTH) {
            return false;
        }
        try {
            PublicKey key = KeyFactory.getInstance(NAME).generatePublic(new X509EncodedKeySpec(encoded(identityKey)));
            Signature verifier = Signature.getInstance(NAME);
            verifier.initVerify(key);
            verifier.update(message);
            return verifier.verify(signature);
        } catch (GeneralSecurityException malformed) {
            return false;
        }
    }
}
