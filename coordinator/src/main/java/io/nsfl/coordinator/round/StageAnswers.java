package io.nsfl.coordinator.round;

import java.time.Instant;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Who has answered a masking session's stage. Immutable; one bit for each of the session's clients and set, so that a hundred thousand answers
 * are no work.
 */
final class StageAnswers {
    /** Sorted; the same array for the whole stage. */
    private final String[] clients;

    private final BitSet wanted;
    private final BitSet answered;
    private final BitSet folding;
    private final Instant since;
    private final Optional<Instant> thresholdAt;

    private StageAnswers(
            String[] clients,
            BitSet wanted,
            BitSet answered,
            BitSet folding,
            Instant since,
            Optional<Instant> thresholdAt) {
        this.clients = clients;
        this.wanted = wanted;
        this.answered = answered;
        this.folding = folding;
        this.since = since;
        this.thresholdAt = thresholdAt;
    }

    /**
     * @param participants of the session
     * @param asked whose answer is waited for
     */
    static StageAnswers asked(SortedSet<String> participants, Collection<String> asked, Instant now) {
        StageAnswers none = new StageAnswers(
                participants.toArray(String[]::new), new BitSet(), new BitSet(), new BitSet(), now, Optional.empty());
        asked.forEach(client -> none.wanted.set(none.place(client)));
        return none;
    }

    /** @param client a participant */
    StageAnswers answeredBy(String client, int needed, Instant now) {
        int place = place(client);
        BitSet all = with(answered, place);
        boolean first = thresholdAt.isEmpty() && all.cardinality() >= needed;
        return new StageAnswers(
                clients,
                with(wanted, place),
                all,
                without(folding, place),
                since,
                first ? Optional.of(now) : thresholdAt);
    }

    /** The vector of this participant is being added to the sum. */
    StageAnswers foldingOf(String client) {
        int place = place(client);
        return new StageAnswers(clients, with(wanted, place), answered, with(folding, place), since, thresholdAt);
    }

    /** No answer of this client is waited for any more; one that is there, or being added to the sum, stays. */
    StageAnswers gone(String client) {
        return hasAnswered(client) || isFolding(client) ? this : without(client);
    }

    /** What this client answered was refused: nothing of it is in the sum, and nothing more is waited for. */
    StageAnswers refused(String client) {
        return hasAnswered(client) ? this : without(client);
    }

    private StageAnswers without(String client) {
        int place = place(client);
        return place < 0
                ? this
                : new StageAnswers(
                        clients, without(wanted, place), answered, without(folding, place), since, thresholdAt);
    }

    boolean hasAnswered(String client) {
        int place = place(client);
        return place >= 0 && answered.get(place);
    }

    boolean isFolding(String client) {
        int place = place(client);
        return place >= 0 && folding.get(place);
    }

    /** Whether any vector is being added to the sum. */
    boolean folding() {
        return !folding.isEmpty();
    }

    /** How many answers are waited for or there. */
    int wanted() {
        return wanted.cardinality();
    }

    int waiting() {
        return wanted.cardinality() - answered.cardinality();
    }

    int answers() {
        return answered.cardinality();
    }

    /** Who has answered, by client id in order. */
    SortedSet<String> answered() {
        SortedSet<String> found = new TreeSet<>();
        answered.stream().forEach(place -> found.add(clients[place]));
        return Collections.unmodifiableSortedSet(found);
    }

    /** When the stage was asked. */
    Instant since() {
        return since;
    }

    /** When enough had answered. */
    Optional<Instant> thresholdAt() {
        return thresholdAt;
    }

    private int place(String client) {
        return Arrays.binarySearch(clients, client);
    }

    private static BitSet with(BitSet set, int place) {
        BitSet more = (BitSet) set.clone();
        more.set(place);
        return more;
    }

    private static BitSet without(BitSet set, int place) {
        BitSet less = (BitSet) set.clone();
        less.clear(place);
        return less;
    }
}
