package io.nsfl.federation.privacy;

import io.nsfl.federation.bits.BitSource;
import java.math.BigInteger;

/**
 * Whole numbers y with probability proportional to exp(-y^2 / (2 sigma^2)), drawn exactly: the sampler of Canonne, Kamath, Steinke (NeurIPS
 * 2020, algorithms 2 and 3) works on whole numbers alone, so there is no rounding whose traces could give the noised value away. By their
 * theorem 14 it is as private as continuous noise of the same sigma: Renyi divergence at most alpha * l2^2 / (2 sigma^2).
 */
public final class DiscreteGaussian {
    /** Beyond it, w^2 in {@link #acceptWhole} needs more than 62 bits. */
    private static final long SQUARE_FITS = 1L << 31;

    private final BitSource bits;
    /** Scale of the discrete Laplace proposals. */
    private final long laplace;
    /** Sigma where it is a whole number, else 0. */
    private final long whole;

    private final BigInteger numerator;
    private final BigInteger denominator;

    private DiscreteGaussian(long laplace, long whole, BigInteger numerator, BigInteger denominator, BitSource bits) {
        this.laplace = laplace;
        this.whole = whole;
        this.numerator = numerator;
        this.denominator = denominator;
        this.bits = bits;
    }

    /** For a whole sigma: fast. @param sigma 1 to 2^30 */
    public static DiscreteGaussian ofSigma(long sigma, BitSource bits) {
        if (sigma < 1 || sigma > 1L << 30) {
            throw new IllegalArgumentException("Cannot sample with sigma " + sigma + ": 1 to 2^30");
        }
        return new DiscreteGaussian(sigma, sigma, BigInteger.valueOf(sigma).pow(2), BigInteger.ONE, bits);
    }

    /** For any rational variance. @param numerator above 0, at most 2^60 times the denominator; the quotient is sigma^2 */
    public static DiscreteGaussian ofVariance(long numerator, long denominator, BitSource bits) {
        if (numerator < 1 || denominator < 1 || numerator / denominator > 1L << 60) {
            throw new IllegalArgumentException(
                    "Cannot sample with variance " + numerator + "/" + denominator + ": above 0, at most 2^60");
        }
        BigInteger above = BigInteger.valueOf(numerator);
        BigInteger below = BigInteger.valueOf(denominator);
        long laplace = above.divide(below).sqrt().longValueExact() + 1;
        return new DiscreteGaussian(laplace, 0, above, below, bits);
    }

    /** One draw. */
    public long sample() {
        while (true) {
            long proposal = laplace();
            long magnitude = Math.abs(proposal);
            if (whole > 0 ? acceptWhole(magnitude) : acceptRational(magnitude)) {
                return proposal;
            }
        }
    }

    /** Probability proportional to exp(-|x| / t). */
    private long laplace() {
        while (true) {
            long part = bits.below(laplace);
            if (!BernoulliExp.draw(part, laplace, bits)) {
                continue;
            }
            long times = 0;
            while (BernoulliExp.draw(1, 1, bits)) {
                times++;
            }
            long magnitude = Math.addExact(part, Math.multiplyExact(times, laplace));
            boolean negative = bits.next(1) == 1;
            if (negative && magnitude == 0) {
                continue;
            }
            return negative ? -magnitude : magnitude;
        }
    }

    /** With probability exp(-(|y| - sigma)^2 / (2 sigma^2)): t is sigma. */
    private boolean acceptWhole(long magnitude) {
        long distance = Math.abs(magnitude - whole);
        if (distance >= SQUARE_FITS) {
            return acceptRational(magnitude);
        }
        return BernoulliExp.draw(distance * distance, 2 * whole * whole, bits);
    }

    /** With probability exp(-(|y| - sigma^2 / t)^2 / (2 sigma^2)). */
    private boolean acceptRational(long magnitude) {
        BigInteger t = BigInteger.valueOf(laplace);
        BigInteger distance =
                BigInteger.valueOf(magnitude).multiply(t).multiply(denominator).subtract(numerator);
        BigInteger above = distance.pow(2);
        BigInteger below = numerator.multiply(denominator).multiply(t.pow(2)).shiftLeft(1);
        BigInteger[] split = above.divideAndRemainder(below);
        for (BigInteger left = split[0]; left.signum() > 0; left = left.subtract(BigInteger.ONE)) {
            if (!BernoulliExp.draw(1, 1, bits)) {
                return false;
            }
        }
        return fraction(split[1], below);
    }

    /** With probability exp(-above / below), a quotient below 1, of numbers of any length. */
    private boolean fraction(BigInteger above, BigInteger below) {
        long k = 1;
        while (lessThan(above, below) && bits.bernoulli(1, k)) {
            k++;
        }
        return k % 2 == 1;
    }

    /** With probability above / below. */
    private boolean lessThan(BigInteger above, BigInteger below) {
        int length = below.subtract(BigInteger.ONE).bitLength();
        while (true) {
            BigInteger drawn = BigInteger.ZERO;
            for (int left = length; left > 0; left -= 32) {
                int count = Math.min(32, left);
                drawn = drawn.shiftLeft(count).or(BigInteger.valueOf(bits.next(count)));
            }
            if (drawn.compareTo(below) < 0) {
                return drawn.compareTo(above) < 0;
            }
        }
    }
}
