package io.nsfl.federation.metrics;

import java.util.ArrayList;
import java.util.List;

/** Weighted values of one metric; the order in which they were added does not show in the result. */
final class Sum {
    private final List<Double> products = new ArrayList<>();
    private final List<Double> weights = new ArrayList<>();

    void add(double value, double weight) {
        products.add(value * weight);
        weights.add(weight);
    }

    double weight() {
        return ordered(weights);
    }

    double mean() {
        return ordered(products) / weight();
    }

    private static double ordered(List<Double> values) {
        return values.stream().sorted().reduce(0.0, Double::sum);
    }
}
