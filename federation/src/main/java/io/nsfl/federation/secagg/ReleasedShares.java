package io.nsfl.federation.secagg;

import io.nsfl.federation.secagg.shamir.Interpolation;
import io.nsfl.federation.secagg.shamir.Share;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Shares that survivors released, all of them as committed, and the secrets they give back. */
final class ReleasedShares {
    private final int threshold;
    private final Map<Integer, TreeMap<Integer, Share>> byDealer = new TreeMap<>();

    /** Survivors often hold shares of many clients: the same set of holders, the same coefficients. */
    private final Map<List<Integer>, Interpolation> interpolations = new HashMap<>();

    ReleasedShares(int threshold) {
        this.threshold = threshold;
    }

    void add(int dealer, int holder, Share share) {
        byDealer.computeIfAbsent(dealer, any -> new TreeMap<>()).put(holder, share);
    }

    int count(int dealer) {
        return byDealer.getOrDefault(dealer, new TreeMap<>()).size();
    }

    /** The dealer's secret; empty if its shares come from none. */
    byte[] secret(int dealer) {
        List<Integer> holders =
                byDealer.get(dealer).keySet().stream().limit(threshold).toList();
        List<Share> shares = new ArrayList<>(threshold);
        holders.forEach(holder -> shares.add(byDealer.get(dealer).get(holder)));
        Interpolation interpolation = interpolations.computeIfAbsent(holders, ReleasedShares::interpolation);
        return interpolation.secret(shares).orElse(new byte[0]);
    }

    /** A holder's x is its place + 1. */
    private static Interpolation interpolation(List<Integer> holders) {
        int[] places = holders.stream().mapToInt(holder -> holder + 1).toArray();
        return new Interpolation(places);
    }
}
