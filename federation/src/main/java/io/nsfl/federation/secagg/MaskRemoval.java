package io.nsfl.federation.secagg;

import io.nsfl.federation.secagg.crypto.X25519;
import io.nsfl.federation.secagg.mask.MaskSeed;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Which masks are still in the sum once the survivors' vectors are added up, from the secrets that their shares give back. */
final class MaskRemoval {
    private final Roster roster;
    private final SessionKeys keys;
    private final Map<Integer, SharesFrom> dealt;
    private final Members survivors;
    private final ReleasedShares released;

    MaskRemoval(
            Roster roster,
            SessionKeys keys,
            Map<Integer, SharesFrom> dealt,
            Members survivors,
            ReleasedShares released) {
        this.roster = roster;
        this.keys = keys;
        this.dealt = dealt;
        this.survivors = survivors;
        this.released = released;
    }

    /**
     * Masks to apply to the sum so that only the survivors' values are left.
     *
     * @throws SecAggAbort BAD_DEALER naming the client whose shares give another secret than it committed to
     */
    List<MaskSeed> masks() {
        List<MaskSeed> masks = new ArrayList<>();
        for (int client : dealt.keySet()) {
            if (survivors.contains(client)) {
                masks.add(keys.selfMask(selfMaskSecret(client), client).negated());
            } else {
                masks.addAll(pairMasksOf(client));
            }
        }
        return masks;
    }

    /** Those of a client that dropped out, in the survivors' vectors: what it would have added takes them away. */
    private List<MaskSeed> pairMasksOf(int dropped) {
        int[] peers = IntStream.of(roster.neighbours(dropped))
                .filter(survivors::contains)
                .toArray();
        if (peers.length == 0) {
            return List.of();
        }
        byte[] secret = maskKeySecret(dropped);
        return IntStream.of(peers)
                .parallel()
                .mapToObj(peer -> keys.pairMask(agree(secret, peer), dropped, peer))
                .toList();
    }

    private byte[] selfMaskSecret(int client) {
        byte[] secret = released.secret(client);
        byte[] commitment = dealt.get(client).secretCommitment();
        if (!MessageDigest.isEqual(keys.secretCommitment(secret, client), commitment)) {
            throw badDealer(client);
        }
        return secret;
    }

    /** The public key is the commitment to the private one. */
    private byte[] maskKeySecret(int client) {
        byte[] secret = released.secret(client);
        if (secret.length != X25519.LENGTH
                || !MessageDigest.isEqual(
                        X25519.publicKey(secret), roster.entry(client).maskKey())) {
            throw badDealer(client);
        }
        return secret;
    }

    private byte[] agree(byte[] secret, int peer) {
        return X25519.agree(secret, roster.entry(peer).maskKey())
                .orElseThrow(() -> new SecAggAbort(
                        AbortReason.BAD_KEY,
                        roster.party(peer),
                        "Client " + roster.party(peer) + " has a key of small order."));
    }

    private SecAggAbort badDealer(int client) {
        PartyId party = roster.party(client);
        return new SecAggAbort(
                AbortReason.BAD_DEALER,
                party,
                "The shares that client " + party + " dealt give another secret than it committed to.");
    }
}
