package io.nsfl.taskmanager;

/**
 * What this client insists on when it masks its results together with others.
 *
 * @param minSurvivors fewest clients whose sum may become known, whatever a job asks for; at least 2
 * @param authorities PEM certificates of who certifies clients; empty = whoever the server shows is taken for a client
 * @param certificate PEM of this client's identity key, for peers that ask for one; empty = none
 */
public record MaskingPolicy(int minSurvivors, String authorities, String certificate) {
    /** A sum of one would be that one. */
    public static final int LEAST_SURVIVORS = 2;

    public static final MaskingPolicy DEFAULT = new MaskingPolicy(LEAST_SURVIVORS, "", "");
}
