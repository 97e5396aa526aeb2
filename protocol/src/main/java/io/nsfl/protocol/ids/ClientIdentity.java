package io.nsfl.protocol.ids;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;

/** Who a client is, as others see it: its Ed25519 public key and the id derived from it. Equal by key. */
public final class ClientIdentity {
    static final String ALGORITHM = "Ed25519";

    /** Length of a raw public key. */
    public static final int KEY_LENGTH = 32;

    private static final int SIGNATURE_LENGTH = 64;
    private static final byte[] REGISTER = "nsfl/register/v1".getBytes(StandardCharsets.US_ASCII);

    /** DER of SubjectPublicKeyInfo (RFC 8410) up to the raw key: always the same 12 bytes. */
    private static final byte[] SPKI_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

    private final byte[] raw;
    private final PublicKey key;
    private final String id;

    private ClientIdentity(byte[] raw, PublicKey key) {
        this.raw = raw;
        this.key = key;
        this.id = "c-" + HexFormat.of().formatHex(sha256(raw), 0, 10);
    }

    /**
     * @param identityKey 32 raw bytes
     * @throws FaultException UNAUTHENTICATED if that is no such key
     */
    public static ClientIdentity of(byte[] identityKey) {
        if (identityKey.length != KEY_LENGTH) {
            throw new FaultException(
                    Fault.UNAUTHENTICATED,
                    "An identity key is a raw Ed25519 public key of " + KEY_LENGTH + " bytes; this one has "
                            + identityKey.length + ".");
        }
        byte[] raw = identityKey.clone();
        byte[] encoded = Arrays.copyOf(SPKI_PREFIX, SPKI_PREFIX.length + KEY_LENGTH);
        System.arraycopy(raw, 0, encoded, SPKI_PREFIX.length, KEY_LENGTH);
        try {
            return new ClientIdentity(
                    raw, KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(encoded)));
        } catch (GeneralSecurityException noPoint) {
            throw new FaultException(Fault.UNAUTHENTICATED, "The identity key is no Ed25519 public key.", noPoint);
        }
    }

    static ClientIdentity of(PublicKey key) {
        byte[] encoded = key.getEncoded();
        return of(Arrays.copyOfRange(encoded, encoded.length - KEY_LENGTH, encoded.length));
    }

    /** "c-" and the first 20 hex digits of the key's SHA-256. */
    public String id() {
        return id;
    }

    /** The raw public key, 32 bytes. */
    public byte[] identityKey() {
        return raw.clone();
    }

    /** Whether this signature of a Register answers this challenge. */
    public boolean signedRegister(byte[] nonce, byte[] signature) {
        if (signature.length != SIGNATURE_LENGTH) {
            return false;
        }
        try {
            Signature verifier = Signature.getInstance(ALGORITHM);
            verifier.initVerify(key);
            verifier.update(registerMessage(nonce));
            return verifier.verify(signature);
        } catch (GeneralSecurityException malformed) {
            // A signature that cannot be decoded, or a key that is no point of the curve, signs nothing.
            return false;
        }
    }

    byte[] registerMessage(byte[] nonce) {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        message.writeBytes(REGISTER);
        message.writeBytes(nonce);
        message.writeBytes(raw);
        return message.toByteArray();
    }

    private static byte[] sha256(byte[] content) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(content);
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("This JDK lacks SHA-256", missing);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ClientIdentity that && Arrays.equals(raw, that.raw);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(raw);
    }

    @Override
    public String toString() {
        return id;
    }
}
