package io.nsfl.federation.privacy;

/**
 * One release of a sum with Gaussian noise over a Poisson sample.
 *
 * @param samplingProbability with which each contribution is in, independently; 1 = all are, 0 to 1
 * @param noiseMultiplier standard deviation of the noise on the sum over the bound of one contribution; 0 = no noise
 */
public record SampledGaussian(double samplingProbability, double noiseMultiplier) {
    private static final double[] LOG_FACTORIALS = logFactorials(512);

    public SampledGaussian {
        if (!(samplingProbability >= 0 && samplingProbability <= 1)) {
            throw new IllegalArgumentException("Cannot sample with probability " + samplingProbability);
        }
        if (!(noiseMultiplier >= 0)) {
            throw new IllegalArgumentException("Cannot account for noise of " + noiseMultiplier);
        }
    }

    /** Over everybody. */
    public static SampledGaussian unsampled(double noiseMultiplier) {
        return new SampledGaussian(1, noiseMultiplier);
    }

    /**
     * Its Renyi divergence. At whole orders a (Mironov, Talwar, Zhang 2019, section 3.3)
     * {@code 1/(a-1) ln sum_k C(a,k) (1-q)^(a-k) q^k exp((k^2-k)/(2 z^2))}; {@code a/(2 z^2)} for q = 1.
     */
    public RenyiCurve curve() {
        if (samplingProbability == 0) {
            return RenyiCurve.ZERO;
        }
        if (noiseMultiplier == 0) {
            return RenyiCurve.of(order -> Double.POSITIVE_INFINITY);
        }
        return RenyiCurve.of(samplingProbability == 1 ? this::everybody : this::sampled);
    }

    private double everybody(int order) {
        return order / (2 * noiseMultiplier * noiseMultiplier);
    }

    /**
     * The sum in logarithms, less the binomial expansion of 1: the terms of k = 0 and 1 are gone and those left are positive, so a
     * divergence of 1e-12 keeps its digits.
     */
    private double sampled(int order) {
        double logIn = Math.log(samplingProbability);
        double logOut = Math.log1p(-samplingProbability);
        double[] terms = new double[order - 1];
        double largest = Double.NEGATIVE_INFINITY;
        for (int k = 2; k <= order; k++) {
            double exponent = k * (k - 1.0) / (2 * noiseMultiplier * noiseMultiplier);
            double out = k == order ? 0 : (order - k) * logOut;
            terms[k - 2] = logBinomial(order, k) + out + k * logIn + logExpm1(exponent);
            largest = Math.max(largest, terms[k - 2]);
        }
        if (Double.isInfinite(largest)) {
            return Math.max(0, largest);
        }
        double sum = 0;
        for (double term : terms) {
            sum += Math.exp(term - largest);
        }
        return log1pExp(largest + Math.log(sum)) / (order - 1);
    }

    /** ln(e^x - 1) for x above 0. */
    private static double logExpm1(double x) {
        return x > 30 ? x + Math.log1p(-Math.exp(-x)) : Math.log(Math.expm1(x));
    }

    /** ln(1 + e^x). */
    private static double log1pExp(double x) {
        return x > 30 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x));
    }

    private static double logBinomial(int n, int k) {
        return LOG_FACTORIALS[n] - LOG_FACTORIALS[k] - LOG_FACTORIALS[n - k];
    }

    private static double[] logFactorials(int largest) {
        double[] logs = new double[largest + 1];
        double lost = 0;
        for (int n = 2; n <= largest; n++) {
            // Kahan's sum: 512 roundings would show in the tenth digit.
            double next = Math.log(n) - lost;
            logs[n] = logs[n - 1] + next;
            lost = logs[n] - logs[n - 1] - next;
        }
        return logs;
    }
}
