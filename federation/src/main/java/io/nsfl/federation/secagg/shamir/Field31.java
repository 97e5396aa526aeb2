package io.nsfl.federation.secagg.shamir;

/** The integers modulo 2^31 + 11, a prime: products of two elements fit an unsigned 64-bit integer. */
final class Field31 {
    static final long PRIME = (1L << 31) + 11;

    private Field31() {}

    static long add(long a, long b) {
        long sum = a + b;
        return sum >= PRIME ? sum - PRIME : sum;
    }

    static long subtract(long a, long b) {
        return a >= b ? a - b : a - b + PRIME;
    }

    /** Below 2^63: (2^31 + 10)^2 is. */
    static long multiply(long a, long b) {
        return a * b % PRIME;
    }

    /** a^(p - 2), by Fermat. */
    static long inverse(long a) {
        if (a == 0) {
            throw new ArithmeticException("Zero has no inverse");
        }
        long result = 1;
        long base = a;
        for (long exponent = PRIME - 2; exponent > 0; exponent >>= 1) {
            if ((exponent & 1) == 1) {
                result = multiply(result, base);
            }
            base = multiply(base, base);
        }
        return result;
    }
}
