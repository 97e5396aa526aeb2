package io.nsfl.coordinator.round;

import io.nsfl.federation.secagg.GroupDraw;
import io.nsfl.protocol.v1.MaskingStage;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How the clients of a round mask what they trained.
 *
 * @param threshold clients that every stage needs, of all groups together
 * @param everybody whether no client of a session may drop out
 * @param stages in order
 * @param stageTimeout after which a stage goes on without those who have not answered, or fails
 * @param largestGroup clients that mask together at most: more are split into groups
 */
public record MaskingRules(
        int threshold, boolean everybody, List<MaskingStage> stages, Duration stageTimeout, int largestGroup) {
    /** Sessions of one attempt: each has new keys. */
    static final int MAX_SESSIONS = 5;

    /** So many rounds go without a client that the others do not mask with: its owner may mend that meanwhile. */
    static final int ROUNDS_EXCLUDED = 10;

    /** How long a stage waits for the last ones once the threshold has answered. */
    static final Duration STRAGGLERS = Duration.ofSeconds(10);

    /** A masked vector is as large as the model. */
    private static final int INPUT_TAKES = 10;

    public MaskingRules {
        stages = List.copyOf(stages);
    }

    /** Into how many groups so many clients are split. */
    public int groups(int clients) {
        return GroupDraw.groups(clients, largestGroup);
    }

    /** The most clients that one group of this roster can have. */
    public int groupOf(int roster) {
        return Math.min(roster, largestGroup);
    }

    /**
     * The fewest clients whose sum is unmasked, of a group: the threshold's part. A session has at least as many clients as the threshold and at
     * most all of the roster, so no group is smaller than this.
     */
    public int groupThreshold(int roster) {
        return threshold / groups(roster);
    }

    /** Fewest clients of a session whose sum counts, all groups together. @param participants of the session */
    public int needed(int participants) {
        // More than half, so that no two parts of them can be told different things.
        return everybody ? participants : Math.max(threshold, participants / 2 + 1);
    }

    /** How many clients can break every session of so many, by leaving it. */
    int breaking(int participants) {
        return participants - needed(participants) + 1;
    }

    /**
     * When a stage has enough answers.
     *
     * @param wanted clients whose answer is waited for or there
     * @param participants of the session
     */
    Quorum quorum(int wanted, int participants) {
        int needed = needed(participants);
        return new Quorum(Math.max(wanted, needed), needed, Optional.of(STRAGGLERS));
    }

    Duration bound(MaskingStage stage) {
        return stage == MaskingStage.MASKING_STAGE_INPUT ? stageTimeout.multipliedBy(INPUT_TAKES) : stageTimeout;
    }

    /** Empty after the last one. */
    Optional<MaskingStage> after(MaskingStage stage) {
        int next = stages.indexOf(stage) + 1;
        return next < stages.size() ? Optional.of(stages.get(next)) : Optional.empty();
    }
}
