package io.nsfl.federation.secagg;

/**
 * What a client insists on, whatever the job says.
 *
 * @param minSurvivors fewest clients whose sum may become known; at least 2
 */
public record ClientPolicy(int minSurvivors, PeerTrust trust) {
    public ClientPolicy {
        if (minSurvivors < 2) {
            throw new IllegalArgumentException("A sum of " + minSurvivors + " clients protects nobody: at least 2");
        }
    }
}
