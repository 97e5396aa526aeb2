package io.nsfl.protocol.job;

/**
 * What a run has cost its clients in privacy so far: for people, and for the next coordinator of the run.
 *
 * @param mode local, central or distributed
 * @param epsilon of the client that was asked most often; null = unbounded
 * @param delta under which epsilon holds
 * @param releases noised results that this client, or the clients together in mode central, have shown
 * @param noiseMultiplier of each of them
 * @param clipNorm largest L2 norm of a client's change in this round; null = none
 * @param nextClipNorm of the next round, where it adapts; null = the same
 * @param samplingProbability with which each client's update was in a release; null = all were
 */
public record PrivacySpent(
        String mode,
        Double epsilon,
        double delta,
        long releases,
        double noiseMultiplier,
        Double clipNorm,
        Double nextClipNorm,
        Double samplingProbability) {}
