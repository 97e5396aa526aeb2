package io.nsfl.federation.privacy;

import io.nsfl.federation.bits.BitSource;
import java.util.SplittableRandom;

/** Bits that repeat, for tests alone. */
public final class SeededBits implements BitSource {
    private final SplittableRandom random;

    public SeededBits(long seed) {
        random = new SplittableRandom(seed);
    }

    @Override
    public long next(int count) {
        return random.nextLong() >>> Long.SIZE - count;
    }
}
