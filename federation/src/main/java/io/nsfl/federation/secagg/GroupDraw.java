package io.nsfl.federation.secagg;

import io.nsfl.federation.secagg.crypto.Digests;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Who is in which group, where clients are too many for one session. Nobody chooses: each client has a place between 0 and 1, a digest of its
 * identity and of the work, other in every session; in the order of their places clients are cut into groups whose sizes differ by one at
 * most. So each group has about the part of clients that work with the server that the round has.
 *
 * <p>A client sees its own group only. Of its members it knows that honest places lie about evenly: group g of k holds those from {@code g / k}
 * to {@code (g + 1) / k}, but for what chance moves a cut. By the bound of Dvoretzky, Kiefer and Wolfowitz with the constant of Massart (1990)
 * the share of n places below any point is off by more than e with a probability of at most {@code 2 exp(-2 n e^2)}.
 */
public final class GroupDraw {
    /**
     * Most clients of a group: as many as one session takes. Of the sizes that are possible it is the best one: the sum of a group becomes known,
     * and says the less of each the more they are; while time says little against it, as a client's peers hardly grow with the group where few drop out.
     */
    public static final int MOST = Cohort.MAX_CLIENTS;

    /** A false alarm at a client: one in 2^40. */
    private static final double LOG_FALSE_ALARM = -40 * Math.log(2);

    private GroupDraw() {}

    /** Fewest groups of which none is larger than this. */
    public static int groups(int clients, int most) {
        return Math.max(1, Math.ceilDiv(clients, most));
    }

    /**
     * Splits clients into groups.
     *
     * @param work what the session is for; its group is of no matter
     * @param groups at most as many as clients
     * @return as many as asked for, in their order
     */
    public static List<Set<PartyId>> split(SessionBinding work, Collection<PartyId> clients, int groups) {
        Map<Double, TreeSet<PartyId>> places = new TreeMap<>();
        byte[] draw = work.draw();
        for (PartyId client : clients) {
            places.computeIfAbsent(place(draw, client), _ -> new TreeSet<>()).add(client);
        }
        List<PartyId> ordered = places.values().stream().flatMap(Set::stream).toList();
        List<Set<PartyId>> split = new ArrayList<>(groups);
        for (int group = 0; group < groups; group++) {
            split.add(new TreeSet<>(
                    ordered.subList(cut(ordered.size(), group, groups), cut(ordered.size(), group + 1, groups))));
        }
        return split;
    }

    /**
     * Whether an honest draw may have put a client into the group of this session.
     *
     * @param members how many clients were invited to the group
     */
    static boolean fits(SessionBinding session, PartyId client, int members) {
        SessionGroup group = session.group();
        if (group.count() == 1) {
            return true;
        }
        // The other groups may each have one more or one less.
        double all = Math.max(1.0, (members - 1.0) * group.count());
        double slack = Math.sqrt((Math.log(2) - LOG_FALSE_ALARM) / (2 * all)) + 1 / all;
        double place = place(session.draw(), client);
        return place >= (double) group.number() / group.count() - slack
                && place <= (group.number() + 1.0) / group.count() + slack;
    }

    private static int cut(int clients, int group, int groups) {
        return Math.toIntExact((long) clients * group / groups);
    }

    /** 53 bits of the digest, from 0 to below 1. */
    private static double place(byte[] draw, PartyId client) {
        byte[] digest = Digests.sha256("nsfl/secagg/group/v1", draw, client.identityKey());
        return (ByteBuffer.wrap(digest).getLong() >>> 11) * 0x1p-53;
    }
}
