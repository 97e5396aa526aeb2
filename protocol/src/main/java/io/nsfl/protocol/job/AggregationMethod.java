package io.nsfl.protocol.job;

import java.util.OptionalDouble;
import java.util.OptionalInt;

/** What an {@code aggregation} asks for, with its parameters read and checked. docs/algorithms.md explains each. */
public sealed interface AggregationMethod {
    /** How much a client counts in a mean. */
    enum Weighting {
        SAMPLES,
        EQUAL
    }

    /** {@code fedavg}: the mean. */
    record FedAvg(Weighting weighting) implements AggregationMethod {}

    /** {@code fedavgm}: the mean with server momentum. */
    record FedAvgM(double momentum, Weighting weighting) implements AggregationMethod {}

    /**
     * {@code fedadam}, {@code fedyogi}, {@code fedadagrad}.
     *
     * @param beta2 without meaning for ADAGRAD
     */
    record Adaptive(
            Rule rule,
            double beta1,
            double beta2,
            double tau,
            double initialAccumulator,
            BiasCorrection biasCorrection,
            boolean tauInside,
            Weighting weighting)
            implements AggregationMethod {
        /** How the second moment is kept. */
        public enum Rule {
            ADAGRAD,
            ADAM,
            YOGI
        }

        /** Of the first rounds. */
        public enum BiasCorrection {
            NONE,
            STANDARD,
            SHIFTED
        }
    }

    /**
     * {@code fednova}: by the clients' local steps.
     *
     * @param momentum of the clients' SGD; 0 = none
     * @param mu of the clients' proximal term; 0 = none
     * @param clientLearningRate with mu only
     */
    record FedNova(double momentum, double mu, OptionalDouble clientLearningRate) implements AggregationMethod {}

    /** {@code qfedavg}: by the clients' losses. */
    record QFedAvg(double q, double clientLearningRate) implements AggregationMethod {}

    /** {@code median}. */
    record Median(int f) implements AggregationMethod {}

    /**
     * {@code trimmed_mean}.
     *
     * @param trim values dropped at each end
     * @param fraction of the values dropped at each end, rounded down; instead of trim
     */
    record TrimmedMean(int f, int trim, OptionalDouble fraction) implements AggregationMethod {}

    /** {@code krum}. */
    record Krum(int f) implements AggregationMethod {}

    /** {@code multi_krum}. @param m updates averaged; empty = all but f */
    record MultiKrum(int f, OptionalInt m) implements AggregationMethod {}

    /** {@code bulyan}. */
    record Bulyan(int f) implements AggregationMethod {}

    /** {@code geometric_median}. */
    record GeometricMedian(int f, int passes, double smoothing) implements AggregationMethod {}

    /** {@code norm_bound}: updates are scaled down to this norm. */
    record NormBound(double bound) implements AggregationMethod {}
}
