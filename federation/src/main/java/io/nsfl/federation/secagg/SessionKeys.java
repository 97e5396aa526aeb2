package io.nsfl.federation.secagg;

import io.nsfl.federation.secagg.crypto.Digests;
import io.nsfl.federation.secagg.crypto.Hkdf;
import io.nsfl.federation.secagg.mask.MaskSeed;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The keys and commitments of one session over one roster. The session's digest is the salt, so whoever has another model, plan, round or attempt in mind
 * gets other keys; the roster's is in the info, so whoever was shown another roster does too.
 */
final class SessionKeys {
    /** Bytes of a share's commitment. */
    static final int SHARE_COMMITMENT = 16;

    private final byte[] session;
    private final byte[] roster;

    SessionKeys(byte[] session, byte[] roster) {
        this.session = session;
        this.roster = roster;
    }

    /** Key of what the client at place {@code sender} seals for {@code receiver}; the way back has another. */
    byte[] shareKey(byte[] sharedSecret, int sender, int receiver) {
        return Hkdf.derive(sharedSecret, session, info("nsfl/secagg/share-key/v1", sender, receiver));
    }

    /** The pair's mask as the client at {@code own} applies it: the first of the two adds, the second takes away. */
    MaskSeed pairMask(byte[] sharedSecret, int own, int peer) {
        byte[] info = info("nsfl/secagg/pair-mask/v1", Math.min(own, peer), Math.max(own, peer));
        return new MaskSeed(Hkdf.derive(sharedSecret, session, info), own < peer);
    }

    /** A client's own mask, always added. */
    MaskSeed selfMask(byte[] secret, int own) {
        return new MaskSeed(Hkdf.derive(secret, session, info("nsfl/secagg/self-mask/v1", own, own)), true);
    }

    /** 32 bytes that bind a client to the secret of its own mask. */
    byte[] secretCommitment(byte[] secret, int dealer) {
        return Digests.sha256("nsfl/secagg/commit/v1", session, roster, places(dealer, dealer), secret);
    }

    /**
     * 16 bytes that bind dealer and holder to one share. A share is as unpredictable as the secret itself, so its digest gives nothing away; and a holder
     * would need a second preimage of 128 bits to replace it.
     */
    byte[] shareCommitment(ShareKind kind, byte[] share, int dealer, int holder) {
        byte[] digest = Digests.sha256(
                "nsfl/secagg/share/v1", session, roster, new byte[] {kind.code}, places(dealer, holder), share);
        return Arrays.copyOf(digest, SHARE_COMMITMENT);
    }

    private byte[] info(String label, int first, int second) {
        byte[] text = label.getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(text.length + roster.length + 2 * Short.BYTES)
                .put(text)
                .put(roster)
                .put(places(first, second))
                .array();
    }

    private static byte[] places(int first, int second) {
        return ByteBuffer.allocate(2 * Short.BYTES)
                .putShort((short) first)
                .putShort((short) second)
                .array();
    }
}
