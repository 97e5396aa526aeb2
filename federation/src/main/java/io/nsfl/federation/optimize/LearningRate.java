package io.nsfl.federation.optimize;

/** The rate at which the server steps. */
final class LearningRate {
    private LearningRate() {}

    /** @return the rate itself, which is positive and finite */
    static double of(double rate) {
        if (!(rate > 0) || Double.isInfinite(rate)) {
            throw new IllegalArgumentException("Cannot step with a learning rate of " + rate);
        }
        return rate;
    }
}
