package io.nsfl.federation.optimize;

/** How an {@link AdaptiveOptimizer} keeps the second moment v of the mean. */
public enum AdaptiveRule {
    /** {@code v + mean^2}. */
    ADAGRAD {
        @Override
        double next(double v, double square, double beta2) {
            return v + square;
        }
    },
    /** {@code beta2 * v + (1 - beta2) * mean^2}. */
    ADAM {
        @Override
        double next(double v, double square, double beta2) {
            return beta2 * v + (1 - beta2) * square;
        }
    },
    /** {@code v - (1 - beta2) * mean^2 * sign(v - mean^2)}. */
    YOGI {
        @Override
        double next(double v, double square, double beta2) {
            return v - (1 - beta2) * square * Math.signum(v - square);
        }
    };

    abstract double next(double v, double square, double beta2);
}
