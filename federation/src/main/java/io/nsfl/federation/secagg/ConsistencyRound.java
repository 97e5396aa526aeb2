package io.nsfl.federation.secagg;

import io.nsfl.federation.secagg.crypto.Ed25519;
import java.util.Map;
import java.util.TreeMap;

/** The messages by which survivors make sure that all were told the same list before they release anything. */
final class ConsistencyRound {
    private ConsistencyRound() {}

    static byte[] survivors(byte[] session, byte[] roster, Members sharers, Members survivors) {
        return new WireWriter(MessageKind.SURVIVORS, session, 64 + 2 * survivors.encoded().length)
                .raw(roster)
                .raw(sharers.encoded())
                .raw(survivors.encoded())
                .bytes();
    }

    /** The survivors of the server's message, a part of those who shared keys. */
    static Members parseSurvivors(byte[] message, byte[] session, Roster roster, Members sharers) {
        WireReader in = new WireReader(message, MessageKind.SURVIVORS, session);
        in.expect(roster.digest());
        Members listedSharers = Members.read(in, roster.size());
        Members survivors = Members.read(in, roster.size());
        in.end();
        if (!listedSharers.equals(sharers)) {
            throw new SecAggAbort(
                    AbortReason.INCONSISTENT_SURVIVORS,
                    "The server lists other clients as having shared keys than before.");
        }
        if (!survivors.within(sharers)) {
            throw new SecAggAbort(
                    AbortReason.INCONSISTENT_SURVIVORS, "The server lists a survivor that never shared keys.");
        }
        return survivors;
    }

    static byte[] signature(byte[] session, byte[] signature) {
        return new WireWriter(MessageKind.SIGNATURE, session, signature.length)
                .raw(signature)
                .bytes();
    }

    static byte[] parseSignature(byte[] message, byte[] session) {
        WireReader in = new WireReader(message, MessageKind.SIGNATURE, session);
        byte[] signature = in.raw(Ed25519.SIGNATURE_LENGTH);
        in.end();
        return signature;
    }

    /** @param signatures by place, ascending; at most {@code most} are written */
    static byte[] signatures(byte[] session, TreeMap<Integer, byte[]> signatures, int most) {
        int count = Math.min(most, signatures.size());
        WireWriter out = new WireWriter(
                        MessageKind.SIGNATURES, session, 2 + count * (Short.BYTES + Ed25519.SIGNATURE_LENGTH))
                .u16(count);
        signatures.entrySet().stream()
                .limit(count)
                .forEach(signed -> out.u16(signed.getKey()).raw(signed.getValue()));
        return out.bytes();
    }

    /** By place. Each place once and in order, so that nobody counts twice. */
    static Map<Integer, byte[]> parseSignatures(byte[] message, byte[] session, int roster) {
        WireReader in = new WireReader(message, MessageKind.SIGNATURES, session);
        int count = in.u16();
        if (count > roster) {
            throw in.malformed("it has " + count + " signatures for a roster of " + roster);
        }
        Map<Integer, byte[]> signatures = new TreeMap<>();
        int last = -1;
        for (int i = 0; i < count; i++) {
            int place = in.u16();
            if (place <= last || place >= roster) {
                throw in.malformed("its signatures are not in order");
            }
            signatures.put(place, in.raw(Ed25519.SIGNATURE_LENGTH));
            last = place;
        }
        in.end();
        return signatures;
    }
}
