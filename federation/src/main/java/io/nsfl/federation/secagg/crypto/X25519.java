package io.nsfl.federation.secagg.crypto;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPrivateKeySpec;
import java.security.spec.XECPublicKeySpec;
import java.util.Optional;
import javax.crypto.KeyAgreement;

/** Key agreement on Curve25519 (RFC 7748) over raw keys of 32 little-endian bytes. */
public final class X25519 {
    /** Bytes of a private key, a public key and a shared secret. */
    public static final int LENGTH = 32;

    private static final String NAME = "X25519";
    private static final byte[] BASE_POINT = basePoint();

    private X25519() {}

    /** The public key of 32 secret bytes; the algorithm clamps them itself. */
    public static byte[] publicKey(byte[] privateKey) {
        return agree(privateKey, BASE_POINT)
                .orElseThrow(() -> new IllegalStateException("The base point has a large order"));
    }

    /** The shared secret, or nothing if the public key is of small order: it would make every secret the same. */
    public static Optional<byte[]> agree(byte[] privateKey, byte[] publicKey) {
        try {
            KeyFactory factory = KeyFactory.getInstance(NAME);
            PrivateKey own = factory.generatePrivate(new XECPrivateKeySpec(NamedParameterSpec.X25519, privateKey));
            KeyAgreement agreement = KeyAgreement.getInstance(NAME);
            agreement.init(own);
            agreement.doPhase(
                    factory.generatePublic(new XECPublicKeySpec(NamedParameterSpec.X25519, coordinate(publicKey))),
                    true);
            return Optional.of(agreement.generateSecret());
        } catch (java.security.InvalidKeyException smallOrder) {
            return Optional.empty();
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("This JDK lacks " + NAME, missing);
        }
    }

    /** RFC 7748, section 5: little-endian, the highest bit is ignored. */
    private static BigInteger coordinate(byte[] publicKey) {
        byte[] bigEndian = new byte[LENGTH];
        for (int i = 0; i < LENGTH; i++) {
            bigEndian[i] = publicKey[LENGTH - 1 - i];
        }
        bigEndian[0] &= 0x7f;
        return new BigInteger(1, bigEndian);
    }

    private static byte[] basePoint() {
        byte[] nine = new byte[LENGTH];
        nine[0] = 9;
        return nine;
    }
}
