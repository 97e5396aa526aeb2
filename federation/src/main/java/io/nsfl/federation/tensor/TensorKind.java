package io.nsfl.federation.tensor;

/** How a tensor takes part in the federation; fixed when the job starts. */
public enum TensorKind {
    /** Learned: clients send the change, the aggregator and the server optimizer work on it. */
    TRAINABLE,
    /** Measured (batch normalisation's running mean and variance): the weighted mean, no server optimizer. */
    STATISTIC,
    /** Counters and other whole numbers: the largest value among the included clients. */
    INTEGER,
    /** Stays at the client. */
    LOCAL
}
