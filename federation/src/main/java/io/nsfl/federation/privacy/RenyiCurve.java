package io.nsfl.federation.privacy;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Renyi differential privacy as a curve over whole orders (Mironov, CSF 2017): releases compose by adding their curves, whatever they
 * are.
 */
public final class RenyiCurve {
    private static final int[] ORDERS = IntStream.concat(IntStream.rangeClosed(2, 64), IntStream.of(128, 256, 512))
            .toArray();

    /** Nothing released. */
    public static final RenyiCurve ZERO = of(order -> 0);

    private final double[] values;

    private RenyiCurve(double[] values) {
        this.values = values;
    }

    /** @param divergence the bound at each order: at least 0, infinite where there is none */
    public static RenyiCurve of(IntToDoubleFunction divergence) {
        double[] values =
                Arrays.stream(ORDERS).mapToDouble(divergence::applyAsDouble).toArray();
        for (double value : values) {
            if (!(value >= 0)) {
                throw new IllegalArgumentException("Cannot bound a divergence by " + value);
            }
        }
        return new RenyiCurve(values);
    }

    public RenyiCurve plus(RenyiCurve other) {
        double[] sum = new double[values.length];
        Arrays.setAll(sum, i -> values[i] + other.values[i]);
        return new RenyiCurve(sum);
    }

    /** The same release so many times. */
    public RenyiCurve times(long count) {
        if (count == 0) {
            return ZERO;
        }
        double[] product = new double[values.length];
        Arrays.setAll(product, i -> values[i] * count);
        return new RenyiCurve(product);
    }

    /** The bound at an order, infinite for one that is not kept. */
    public double at(int order) {
        int index = Arrays.binarySearch(ORDERS, order);
        return index < 0 ? Double.POSITIVE_INFINITY : values[index];
    }

    /**
     * The best epsilon for a delta: {@code rdp + ln(1 - 1/a) - ln(delta a) / (a - 1)} (Canonne, Kamath, Steinke 2020, proposition 12),
     * the smallest over the orders; 0 where delta alone covers it.
     *
     * @param delta between 0 and 1
     */
    public PrivacyLoss loss(double delta) {
        if (!(delta > 0 && delta < 1)) {
            throw new IllegalArgumentException("Cannot bound epsilon for delta " + delta + ": between 0 and 1");
        }
        double best = Double.POSITIVE_INFINITY;
        int bestOrder = ORDERS[0];
        for (int i = 0; i < ORDERS.length; i++) {
            double epsilon = epsilon(ORDERS[i], values[i], delta);
            if (epsilon < best) {
                best = epsilon;
                bestOrder = ORDERS[i];
            }
        }
        return new PrivacyLoss(Math.max(0, best), delta, bestOrder);
    }

    private static double epsilon(int order, double divergence, double delta) {
        // The total variation distance is at most sqrt(1 - exp(-KL)), and KL at most any Renyi divergence of order
        // above 1.
        if (delta * delta + Math.expm1(-divergence) > 0) {
            return 0;
        }
        return divergence + Math.log1p(-1.0 / order) - Math.log(delta * order) / (order - 1);
    }
}
