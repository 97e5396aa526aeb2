package io.nsfl.federation.secagg;

import java.util.Map;
import java.util.Optional;
import java.util.function.IntUnaryOperator;

/**
 * Whether every secret that has to come off the sum can be given back: the self mask's of a client that survives, the mask key's of one
 * that dropped out and left masks in its neighbours' vectors. Each takes {@code threshold} of its holders' shares.
 */
final class Recovery {
    private final Roster roster;
    private final Map<Integer, SharesFrom> dealt;
    private final int threshold;

    Recovery(Roster roster, Map<Integer, SharesFrom> dealt, int threshold) {
        this.roster = roster;
        this.dealt = dealt;
        this.threshold = threshold;
    }

    Map<Integer, SharesFrom> dealt() {
        return dealt;
    }

    int threshold() {
        return threshold;
    }

    /** A secret that nobody could give back if only these went on; empty = there is none. */
    Optional<SecAggAbort> lostTo(Members left) {
        return lost(left, client -> left.count(roster.holders(client)));
    }

    /** A secret that these survivors have not released enough shares of; empty = there is none. */
    Optional<SecAggAbort> lostTo(Members survivors, ReleasedShares released) {
        return lost(survivors, released::count);
    }

    private Optional<SecAggAbort> lost(Members left, IntUnaryOperator shares) {
        return dealt.keySet().stream()
                .filter(client -> needed(client, left))
                .filter(client -> shares.applyAsInt(client) < threshold)
                .findFirst()
                .map(client -> tooFewShares(client, shares.applyAsInt(client)));
    }

    /** A client that dropped out without a surviving neighbour left no mask behind. */
    private boolean needed(int client, Members left) {
        return left.contains(client) || left.count(roster.neighbours(client)) > 0;
    }

    private SecAggAbort tooFewShares(int client, int found) {
        return new SecAggAbort(
                AbortReason.BELOW_THRESHOLD,
                "Of client " + roster.party(client) + "'s secret " + found + " shares are left; " + threshold
                        + " are needed.");
    }
}
