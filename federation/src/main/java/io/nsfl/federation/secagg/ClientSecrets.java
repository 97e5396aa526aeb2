package io.nsfl.federation.secagg;

import io.nsfl.federation.secagg.crypto.X25519;
import java.security.SecureRandom;
import java.util.Arrays;

/** A client's secrets of one session, drawn when it starts and overwritten when it ends. Never printed. */
final class ClientSecrets {
    private static final int LENGTH = 32;

    private final byte[] shareKey = new byte[LENGTH];
    private final byte[] maskKey = new byte[LENGTH];
    private final byte[] selfMask = new byte[LENGTH];

    ClientSecrets(SecureRandom random) {
        random.nextBytes(shareKey);
        random.nextBytes(maskKey);
        random.nextBytes(selfMask);
    }

    byte[] publicShareKey() {
        return X25519.publicKey(shareKey);
    }

    byte[] publicMaskKey() {
        return X25519.publicKey(maskKey);
    }

    byte[] agreeOnShares(Advertisement peer) {
        return agree(shareKey, peer.shareKey(), peer);
    }

    byte[] agreeOnMask(Advertisement peer) {
        return agree(maskKey, peer.maskKey(), peer);
    }

    byte[] maskKey() {
        return maskKey;
    }

    byte[] selfMask() {
        return selfMask;
    }

    void forget() {
        Arrays.fill(shareKey, (byte) 0);
        Arrays.fill(maskKey, (byte) 0);
        Arrays.fill(selfMask, (byte) 0);
    }

    private static byte[] agree(byte[] own, byte[] peerKey, Advertisement peer) {
        return X25519.agree(own, peerKey)
                .orElseThrow(() -> new SecAggAbort(
                        AbortReason.BAD_KEY, peer.party(), "Client " + peer.party() + " has a key of small order."));
    }
}
