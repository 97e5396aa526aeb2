package io.nsfl.federation.secagg;

import java.util.Arrays;

/**
 * What one client deals out: a commitment to the secret of its own mask, a commitment to each holder's two shares, and for each neighbour a sealed
 * packet. Holders and neighbours follow from the roster and are not named.
 */
final class SharesFrom {
    private final byte[] secretCommitment;
    private final int[] holders;
    private final byte[][] maskKeyCommitments;
    private final byte[][] selfMaskCommitments;
    private byte[][] sealed;

    SharesFrom(byte[] secretCommitment, int[] holders) {
        this.secretCommitment = secretCommitment;
        this.holders = holders;
        this.maskKeyCommitments = new byte[holders.length][];
        this.selfMaskCommitments = new byte[holders.length][];
        this.sealed = new byte[holders.length][];
    }

    void commit(int holder, byte[] maskKeyCommitment, byte[] selfMaskCommitment) {
        maskKeyCommitments[index(holder)] = maskKeyCommitment;
        selfMaskCommitments[index(holder)] = selfMaskCommitment;
    }

    void seal(int neighbour, byte[] packet) {
        sealed[index(neighbour)] = packet;
    }

    byte[] encode(byte[] session, byte[] roster, int dealer) {
        WireWriter out = new WireWriter(
                        MessageKind.SHARES_FROM, session, 64 + holders.length * (2 * 16 + SharePacket.SEALED))
                .raw(roster)
                .raw(secretCommitment);
        for (int i = 0; i < holders.length; i++) {
            out.raw(maskKeyCommitments[i]).raw(selfMaskCommitments[i]);
        }
        for (int i = 0; i < holders.length; i++) {
            if (holders[i] != dealer) {
                out.raw(sealed[i]);
            }
        }
        return out.bytes();
    }

    static SharesFrom parse(byte[] message, byte[] session, Roster roster, int dealer) {
        WireReader in = new WireReader(message, MessageKind.SHARES_FROM, session);
        in.expect(roster.digest());
        int[] holders = roster.holders(dealer);
        SharesFrom shares = new SharesFrom(in.raw(32), holders);
        for (int holder : holders) {
            shares.commit(holder, in.raw(SessionKeys.SHARE_COMMITMENT), in.raw(SessionKeys.SHARE_COMMITMENT));
        }
        for (int holder : holders) {
            if (holder != dealer) {
                shares.seal(holder, in.raw(SharePacket.SEALED));
            }
        }
        in.end();
        return shares;
    }

    byte[] secretCommitment() {
        return secretCommitment;
    }

    int[] holders() {
        return holders;
    }

    byte[] commitment(ShareKind kind, int holder) {
        return switch (kind) {
            case MASK_KEY -> maskKeyCommitments[index(holder)];
            case SELF_MASK -> selfMaskCommitments[index(holder)];
        };
    }

    SharesFor.Packet packetFor(int neighbour, int dealer) {
        int index = index(neighbour);
        return new SharesFor.Packet(dealer, maskKeyCommitments[index], selfMaskCommitments[index], sealed[index]);
    }

    /** The packets are delivered: only commitments are needed from now on. */
    void forgetPackets() {
        sealed = new byte[0][];
    }

    private int index(int holder) {
        return Arrays.binarySearch(holders, holder);
    }
}
