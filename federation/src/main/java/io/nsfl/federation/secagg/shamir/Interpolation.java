package io.nsfl.federation.secagg.shamir;

import java.util.List;
import java.util.Optional;

/** Gives secrets back from the shares of one set of holders. Its coefficients depend on the set alone: made once, used for many secrets. */
public final class Interpolation {
    private final long[] coefficients;

    /**
     * Lagrange's coefficients at 0: the product over all other x_j of x_j / (x_j - x_i).
     *
     * @param holders places from 1, all different
     */
    public Interpolation(int[] holders) {
        this.coefficients = new long[holders.length];
        for (int i = 0; i < holders.length; i++) {
            long numerator = 1;
            long denominator = 1;
            for (int j = 0; j < holders.length; j++) {
                if (j != i) {
                    numerator = Field31.multiply(numerator, holders[j]);
                    denominator = Field31.multiply(denominator, Field31.subtract(holders[j], holders[i]));
                }
            }
            coefficients[i] = Field31.multiply(numerator, Field31.inverse(denominator));
        }
    }

    /**
     * @param shares in the holders' order, as many as the threshold
     * @return nothing if the shares come from no secret. Wrong shares usually give a wrong secret and not nothing: compare with a commitment.
     */
    public Optional<byte[]> secret(List<Share> shares) {
        if (shares.size() != coefficients.length) {
            throw new IllegalArgumentException(coefficients.length + " shares are expected, not " + shares.size());
        }
        long[] chunks = new long[Chunks.COUNT];
        for (int i = 0; i < coefficients.length; i++) {
            for (int chunk = 0; chunk < Chunks.COUNT; chunk++) {
                chunks[chunk] = Field31.add(
                        chunks[chunk],
                        Field31.multiply(coefficients[i], shares.get(i).value(chunk)));
            }
        }
        return Chunks.join(chunks);
    }

    long[] coefficients() {
        return coefficients.clone();
    }
}
