package io.nsfl.sessions.matching;

import io.nsfl.sessions.registry.ClientProfile;
import java.util.List;
import java.util.stream.Collectors;

/** Puts into one text how many clients fit and what excluded the others. */
public final class Explanation {
    private static final int MOST_NAMED = 10;

    private Explanation() {}

    /**
     * A client that does not fit.
     *
     * @param label how people find it
     * @param reasons what excludes it, each to follow its name
     */
    public record Excluded(String label, List<String> reasons) {
        public static Excluded of(ClientProfile profile, List<String> reasons) {
            return new Excluded(profile.label(), reasons);
        }
    }

    /** For example: "2 clients are needed, 1 of 3 fits: c-12 lacks the dataset mnist; c-77 has quit." */
    public static String of(int wanted, int fitting, int known, List<Excluded> excluded) {
        String need = wanted == 1 ? "1 client is needed" : wanted + " clients are needed";
        if (known == 0) {
            return need + ", but none has registered yet: start task-managers that name this server.";
        }
        String fit = ", " + fitting + " of " + known + (fitting == 1 ? " fits" : " fit");
        if (excluded.isEmpty()) {
            return need + fit + ".";
        }
        String named = excluded.stream()
                .limit(MOST_NAMED)
                .map(client -> client.label() + " " + String.join(", and ", client.reasons()))
                .collect(Collectors.joining("; "));
        int more = excluded.size() - MOST_NAMED;
        return need + fit + ": " + named + (more > 0 ? "; and " + more + " more do not fit." : ".");
    }
}
