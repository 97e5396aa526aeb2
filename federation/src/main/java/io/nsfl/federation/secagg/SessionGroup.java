package io.nsfl.federation.secagg;

/**
 * Which of a round's groups a session is of: where clients are too many for one session they are split, and each group has a session of its
 * own.
 *
 * @param number from 0
 * @param count how many groups there are; 1 = the clients are not split
 */
public record SessionGroup(int number, int count) {
    /** Of a round whose clients all mask together. */
    public static final SessionGroup ONLY = new SessionGroup(0, 1);

    public SessionGroup {
        if (count < 1 || number < 0 || number >= count) {
            throw new IllegalArgumentException("There is no group " + number + " of " + count);
        }
    }

    /** For people, who count from 1. */
    @Override
    public String toString() {
        return "group " + (number + 1) + " of " + count;
    }
}
