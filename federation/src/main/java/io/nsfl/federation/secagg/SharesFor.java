package io.nsfl.federation.secagg;

import java.util.ArrayList;
import java.util.List;

/**
 * What the server passes on to one client: who has shared keys, and from each neighbour among them a sealed packet with the commitments that the
 * neighbour made to the shares in it.
 */
record SharesFor(Members sharers, List<Packet> packets) {
    record Packet(int sender, byte[] maskKeyCommitment, byte[] selfMaskCommitment, byte[] sealed) {
        byte[] commitment(ShareKind kind) {
            return switch (kind) {
                case MASK_KEY -> maskKeyCommitment;
                case SELF_MASK -> selfMaskCommitment;
            };
        }
    }

    byte[] encode(byte[] session, byte[] roster) {
        WireWriter out = new WireWriter(
                        MessageKind.SHARES_FOR, session, 64 + packets.size() * (2 * 16 + SharePacket.SEALED))
                .raw(roster)
                .raw(sharers.encoded());
        for (Packet packet : packets) {
            out.raw(packet.maskKeyCommitment).raw(packet.selfMaskCommitment).raw(packet.sealed);
        }
        return out.bytes();
    }

    static SharesFor parse(byte[] message, byte[] session, Roster roster, int[] neighbours) {
        WireReader in = new WireReader(message, MessageKind.SHARES_FOR, session);
        in.expect(roster.digest());
        Members sharers = Members.read(in, roster.size());
        List<Packet> packets = new ArrayList<>();
        for (int neighbour : neighbours) {
            if (sharers.contains(neighbour)) {
                packets.add(new Packet(
                        neighbour,
                        in.raw(SessionKeys.SHARE_COMMITMENT),
                        in.raw(SessionKeys.SHARE_COMMITMENT),
                        in.raw(SharePacket.SEALED)));
            }
        }
        in.end();
        return new SharesFor(sharers, packets);
    }
}
