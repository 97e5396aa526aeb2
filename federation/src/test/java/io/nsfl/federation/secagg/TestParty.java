package io.nsfl.federation.secagg;

import io.nsfl.federation.secagg.crypto.Digests;
import io.nsfl.federation.secagg.crypto.Ed25519;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.util.Arrays;

/** Identities for tests: real ones, and quick ones whose signatures are digests that anybody can make. */
final class TestParty {
    /** Checks signatures of {@link #quick}. */
    static final SignatureCheck QUICK =
            (key, message, signature) -> Arrays.equals(quickSignature(key, message), signature);

    private TestParty() {}

    static PartyKey real(int number) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
            generator.initialize(255, seeded("identity", number));
            KeyPair pair = generator.generateKeyPair();
            byte[] encoded = pair.getPublic().getEncoded();
            byte[] raw = Arrays.copyOfRange(encoded, encoded.length - Ed25519.KEY_LENGTH, encoded.length);
            return key(raw, message -> sign(pair, message));
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException(missing);
        }
    }

    static PartyKey quick(int number) {
        byte[] raw = Digests.sha256("quick", new byte[] {(byte) (number >>> 8), (byte) number});
        return key(raw, message -> quickSignature(raw, message));
    }

    /** Repeatable bytes: the same for the same purpose and number. */
    static SecureRandom seeded(String purpose, int number) {
        try {
            SecureRandom random = SecureRandom.getInstance("SHA1PRNG");
            random.setSeed(Digests.sha256(purpose, new byte[] {(byte) (number >>> 8), (byte) number}));
            return random;
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException(missing);
        }
    }

    private interface Signer {
        byte[] sign(byte[] message);
    }

    private static PartyKey key(byte[] raw, Signer signer) {
        return new PartyKey() {
            @Override
            public byte[] identityKey() {
                return raw.clone();
            }

            @Override
            public byte[] certificate() {
                return new byte[0];
            }

            @Override
            public byte[] sign(byte[] message) {
                return signer.sign(message);
            }
        };
    }

    private static byte[] sign(KeyPair pair, byte[] message) {
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(pair.getPrivate());
            signature.update(message);
            return signature.sign();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static byte[] quickSignature(byte[] key, byte[] message) {
        byte[] digest = Digests.sha256("signature", key, message);
        byte[] signature = Arrays.copyOf(digest, Ed25519.SIGNATURE_LENGTH);
        System.arraycopy(digest, 0, signature, digest.length, digest.length);
        return signature;
    }
}
