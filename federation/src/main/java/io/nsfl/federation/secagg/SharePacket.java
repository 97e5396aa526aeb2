package io.nsfl.federation.secagg;

import io.nsfl.federation.secagg.crypto.ShareCipher;
import io.nsfl.federation.secagg.shamir.Share;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/** What one client gives another for safe keeping: a share of each secret, and in plain words from whom, to whom and in which session. */
record SharePacket(byte[] maskKeyShare, byte[] selfMaskShare) {
    private static final int PLACES = 2 * Short.BYTES;
    private static final int DIGESTS = 2 * 32;
    private static final int PLAIN = DIGESTS + PLACES + 2 * Share.LENGTH;

    /** Bytes of a sealed packet. */
    static final int SEALED = PLAIN + ShareCipher.OVERHEAD;

    byte[] plain(byte[] session, byte[] roster, int sender, int receiver) {
        return ByteBuffer.allocate(PLAIN)
                .put(header(session, roster, sender, receiver))
                .put(maskKeyShare)
                .put(selfMaskShare)
                .array();
    }

    /** Nothing if its header is another or a share is no share. */
    static Optional<SharePacket> parse(byte[] plain, byte[] session, byte[] roster, int sender, int receiver) {
        byte[] header = header(session, roster, sender, receiver);
        if (plain.length != PLAIN || !Arrays.equals(header, Arrays.copyOf(plain, header.length))) {
            return Optional.empty();
        }
        byte[] maskKeyShare = Arrays.copyOfRange(plain, header.length, header.length + Share.LENGTH);
        byte[] selfMaskShare = Arrays.copyOfRange(plain, header.length + Share.LENGTH, PLAIN);
        if (Share.of(maskKeyShare).isEmpty() || Share.of(selfMaskShare).isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new SharePacket(maskKeyShare, selfMaskShare));
    }

    byte[] share(ShareKind kind) {
        return switch (kind) {
            case MASK_KEY -> maskKeyShare;
            case SELF_MASK -> selfMaskShare;
        };
    }

    void forget() {
        Arrays.fill(maskKeyShare, (byte) 0);
        Arrays.fill(selfMaskShare, (byte) 0);
    }

    private static byte[] header(byte[] session, byte[] roster, int sender, int receiver) {
        return ByteBuffer.allocate(DIGESTS + PLACES)
                .put(session)
                .put(roster)
                .putShort((short) sender)
                .putShort((short) receiver)
                .array();
    }
}
