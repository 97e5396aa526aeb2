package io.nsfl.protocol.job;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The job's {@code differential_privacy}.
 *
 * @param mode who adds the noise
 * @param noiseMultiplier standard deviation of the noise per {@code clipNorm}; without a clip norm the standard deviation itself
 * @param clipNorm largest L2 norm of a client's change; empty = no clipping, and so no guarantee
 * @param addingSameNoise one draw per tensor instead of one per element, as the original has it
 * @param delta probability with which the guarantee may fail, above 0 and below 1 (1e-5)
 * @param epsilonBudget the job ends before its epsilon would exceed this; empty = no limit
 * @param adaptiveClip the clip norm follows the clients' norms; empty = it is fixed
 * @param samplingProbability with which each client's update is in a round, by a coin that the client tosses in secret; 1 = all are
 * @param publicEvaluation the data of evaluations are declared public: their metrics are shown, outside of the guarantee
 */
public record DifferentialPrivacy(
        Mode mode,
        double noiseMultiplier,
        OptionalDouble clipNorm,
        boolean addingSameNoise,
        double delta,
        OptionalDouble epsilonBudget,
        Optional<AdaptiveClip> adaptiveClip,
        double samplingProbability,
        boolean publicEvaluation) {
    /** Who adds the noise. */
    public enum Mode {
        /** Each client, enough for itself. */
        LOCAL,
        /** The coordinator, to the mean. */
        CENTRAL,
        /** Each client a part, enough in the sum that secure aggregation shows. */
        DISTRIBUTED
    }

    /**
     * Clipping that follows a quantile of the clients' norms (Andrew et al., "Differentially Private Learning with Adaptive Clipping",
     * 2021).
     *
     * @param quantile of the norms that the clip norm moves to, above 0 and below 1 (0.5)
     * @param learningRate of its geometric step (0.2)
     * @param countNoise standard deviation of the noise on the count of clipped clients; empty = client_num / 20
     */
    public record AdaptiveClip(double quantile, double learningRate, OptionalDouble countNoise) {
        /** Standard deviation of the noise on the count, the default filled in. */
        public double countNoise(int clients) {
            return countNoise.orElse(clients / 20.0);
        }
    }

    /** Whether anything is promised: noise of its own for each element, on a change that is bounded. */
    public boolean bounded() {
        return clipNorm.isPresent() && !addingSameNoise;
    }

    /** From {@code differential_privacy}, or from a {@code secure_algorithm} of type DP; empty where the job has neither. */
    static Optional<DifferentialPrivacy> read(JsonFields job, HyperParameters hyper) {
        return DifferentialPrivacyReader.read(job, hyper);
    }
}
