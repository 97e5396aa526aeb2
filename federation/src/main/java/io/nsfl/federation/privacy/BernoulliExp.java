package io.nsfl.federation.privacy;

import io.nsfl.federation.bits.BitSource;

/**
 * Events of probability e^-x for rational x, drawn exactly with whole numbers alone. Canonne, Kamath, Steinke: The Discrete Gaussian for
 * Differential Privacy (NeurIPS 2020), algorithm 1.
 */
final class BernoulliExp {
    private BernoulliExp() {}

    /** True with probability exp(-numerator / denominator). @param denominator 1 to 2^62 */
    static boolean draw(long numerator, long denominator, BitSource bits) {
        long rest = numerator;
        while (rest > denominator) {
            if (!atMostOne(1, 1, bits)) {
                return false;
            }
            rest -= denominator;
        }
        return atMostOne(rest, denominator, bits);
    }

    /** The alternating series of e^-x, x from 0 to 1: the run of successes of probability x/1, x/2, x/3, ... is of even length. */
    private static boolean atMostOne(long numerator, long denominator, BitSource bits) {
        long k = 1;
        // x / k as two independent events: no product that could overflow.
        while (bits.bernoulli(numerator, denominator) && bits.bernoulli(1, k)) {
            k++;
        }
        return k % 2 == 1;
    }
}
