package io.nsfl.federation.secagg;

import io.nsfl.federation.secagg.mask.MaskSeed;
import io.nsfl.federation.secagg.shamir.Share;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The last stage of a session at the server: survivors release, of each client that dealt shares, the share of its self mask if its vector
 * is in the sum and of its mask key if it is not. Never both: which one follows from the list of survivors that all of them signed.
 */
final class Unmasking {
    private final byte[] session;
    private final Roster roster;
    private final SessionKeys keys;
    private final Recovery recovery;
    private final Members sharers;
    private final Members survivors;
    private final ReleasedShares released;

    Unmasking(byte[] session, Roster roster, SessionKeys keys, Recovery recovery, Members sharers, Members survivors) {
        this.session = session;
        this.roster = roster;
        this.keys = keys;
        this.recovery = recovery;
        this.sharers = sharers;
        this.survivors = survivors;
        this.released = new ReleasedShares(recovery.threshold());
    }

    /**
     * Takes what a holder releases; a share that is not what its dealer committed to is left out.
     *
     * @return how many were left out
     * @throws SecAggAbort MALFORMED; nothing is taken then
     */
    int release(int holder, byte[] message) {
        Map<Integer, byte[]> shares = new TreeMap<>();
        WireReader in = new WireReader(message, MessageKind.RELEASE, session);
        for (int dealer : roster.holders(holder)) {
            if (sharers.contains(dealer)) {
                shares.put(dealer, in.raw(Share.LENGTH));
            }
        }
        in.end();
        int wrong = 0;
        for (Map.Entry<Integer, byte[]> share : shares.entrySet()) {
            wrong += accept(share.getKey(), holder, share.getValue()) ? 0 : 1;
        }
        return wrong;
    }

    private boolean accept(int dealer, int holder, byte[] bytes) {
        ShareKind kind = survivors.contains(dealer) ? ShareKind.SELF_MASK : ShareKind.MASK_KEY;
        byte[] commitment = keys.shareCommitment(kind, bytes, dealer, holder);
        Optional<Share> share = Share.of(bytes);
        if (share.isEmpty()
                || !MessageDigest.isEqual(
                        commitment, recovery.dealt().get(dealer).commitment(kind, holder))) {
            return false;
        }
        released.add(dealer, holder, share.get());
        return true;
    }

    /** A secret of which too few shares have come; empty = all masks can be taken off. */
    Optional<SecAggAbort> shortfall() {
        return recovery.lostTo(survivors, released);
    }

    /** @throws SecAggAbort as {@link MaskRemoval#masks} */
    List<MaskSeed> masks() {
        return new MaskRemoval(roster, keys, recovery.dealt(), survivors, released).masks();
    }
}
