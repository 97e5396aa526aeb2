package io.nsfl.coordinator.round;

import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Who has answered a masking session's stage, by client id in order. Immutable.
 *
 * @param wanted whose answer is waited for or there
 * @param answered of those
 * @param folding whose vector is being added to the sum
 * @param since when the stage was asked
 * @param thresholdAt when enough had answered
 */
record StageAnswers(
        SortedSet<String> wanted,
        SortedSet<String> answered,
        SortedSet<String> folding,
        Instant since,
        Optional<Instant> thresholdAt) {
    StageAnswers {
        wanted = Collections.unmodifiableSortedSet(new TreeSet<>(wanted));
        answered = Collections.unmodifiableSortedSet(new TreeSet<>(answered));
        folding = Collections.unmodifiableSortedSet(new TreeSet<>(folding));
    }

    static StageAnswers asked(SortedSet<String> clients, Instant now) {
        SortedSet<String> none = Collections.emptySortedSet();
        return new StageAnswers(clients, none, none, now, Optional.empty());
    }

    StageAnswers answeredBy(String client, int needed, Instant now) {
        SortedSet<String> all = with(answered, client);
        boolean first = thresholdAt.isEmpty() && all.size() >= needed;
        return new StageAnswers(
                with(wanted, client), all, without(folding, client), since, first ? Optional.of(now) : thresholdAt);
    }

    StageAnswers foldingOf(String client) {
        return new StageAnswers(with(wanted, client), answered, with(folding, client), since, thresholdAt);
    }

    /** No answer of this client is waited for any more; one that is there, or being added to the sum, stays. */
    StageAnswers gone(String client) {
        return answered.contains(client) || folding.contains(client) ? this : without(client);
    }

    /** What this client answered was refused: nothing of it is in the sum, and nothing more is waited for. */
    StageAnswers refused(String client) {
        return answered.contains(client) ? this : without(client);
    }

    private StageAnswers without(String client) {
        return new StageAnswers(without(wanted, client), answered, without(folding, client), since, thresholdAt);
    }

    int waiting() {
        return wanted.size() - answered.size();
    }

    private static SortedSet<String> with(SortedSet<String> set, String one) {
        SortedSet<String> more = new TreeSet<>(set);
        more.add(one);
        return more;
    }

    private static SortedSet<String> without(SortedSet<String> set, String one) {
        SortedSet<String> less = new TreeSet<>(set);
        less.remove(one);
        return less;
    }
}
