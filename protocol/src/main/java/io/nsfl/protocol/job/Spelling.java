package io.nsfl.protocol.job;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Guesses which known key somebody meant. */
final class Spelling {
    private static final int MAX_LENGTH = 64;

    private Spelling() {}

    /** The known key that is nearest to this unknown one, if one is near enough to be meant. */
    static Optional<String> nearest(String unknown, Collection<String> known) {
        if (unknown.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        String plain = plain(unknown);
        String best = null;
        int bestDistance = Integer.MAX_VALUE;
        for (String candidate : known) {
            int distance = distance(plain, plain(candidate));
            int allowed = Math.min(2, candidate.length() / 3);
            if (distance <= allowed && distance < bestDistance) {
                best = candidate;
                bestDistance = distance;
            }
        }
        return Optional.ofNullable(best);
    }

    private static String plain(String key) {
        return key.toLowerCase(Locale.ROOT).replace('-', '_');
    }

    /** Edits (insert, delete, replace, swap of neighbours) between two words. */
    static int distance(String a, String b) {
        int[][] edits = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                edits[i][j] = i == 0 || j == 0 ? i + j : cheapest(edits, a, b, i, j);
            }
        }
        return edits[a.length()][b.length()];
    }

    private static int cheapest(int[][] edits, String a, String b, int i, int j) {
        int replaced = edits[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        int cheapest = Math.min(replaced, Math.min(edits[i - 1][j], edits[i][j - 1]) + 1);
        boolean swapped = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(cheapest, edits[i - 2][j - 2] + 1) : cheapest;
    }
}
