package io.nsfl.federation.secagg.crypto;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** HKDF with SHA-256 (RFC 5869) for one block of output: 32 bytes. */
public final class Hkdf {
    private static final String HMAC = "HmacSHA256";

    private Hkdf() {}

    /**
     * @param secret input keying material, for example a shared secret of X25519
     * @param salt what separates sessions
     * @param info what separates the keys of a session
     */
    public static byte[] derive(byte[] secret, byte[] salt, byte[] info) {
        byte[] pseudoRandomKey = hmac(salt, secret);
        byte[] block = Arrays.copyOf(info, info.length + 1);
        block[info.length] = 1;
        byte[] key = hmac(pseudoRandomKey, block);
        Arrays.fill(pseudoRandomKey, (byte) 0);
        return key;
    }

    private static byte[] hmac(byte[] key, byte[] message) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            // RFC 5869: no salt is a salt of zeros; the JDK takes no empty key.
            mac.init(new SecretKeySpec(key.length == 0 ? new byte[Digests.LENGTH] : key, HMAC));
            return mac.doFinal(message);
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("This JDK lacks " + HMAC, missing);
        }
    }
}
