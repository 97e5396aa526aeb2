package io.nsfl.benchmarks.secagg;

import io.nsfl.federation.secagg.PartyKey;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Arrays;

/** An Ed25519 key of one simulated client. */
public final class Identity implements PartyKey {
    private static final String ALGORITHM = "Ed25519";
    private static final int RAW = 32;

    private final KeyPair pair;

    public Identity() {
        try {
            this.pair = KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair();
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("This JDK lacks " + ALGORITHM, missing);
        }
    }

    @Override
    public byte[] identityKey() {
        byte[] encoded = pair.getPublic().getEncoded();
        return Arrays.copyOfRange(encoded, encoded.length - RAW, encoded.length);
    }

    @Override
    public byte[] certificate() {
        return new byte[0];
    }

    @Override
    public byte[] sign(byte[] message) {
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initSign(pair.getPrivate());
            signature.update(message);
            return signature.sign();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("Cannot sign", impossible);
        }
    }
}
