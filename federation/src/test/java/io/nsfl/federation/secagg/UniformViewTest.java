package io.nsfl.federation.secagg;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the server sees of one client says nothing about it. Seeds are fixed: the same statistic every time. */
class UniformViewTest {
    private static final int LENGTH = 1 << 17;
    private static final int BITS = 30;

    /** Chi-square of 255 degrees of freedom: mean 255, deviation 22.6; these are five deviations. */
    private static final double LEAST = 142;

    private static final double MOST = 368;

    @Test
    void aMaskedVectorLooksTheSameWhateverIsInIt() {
        for (int value : new int[] {0, (1 << BITS) - 1, 12345}) {
            assertUniform(viewOf(value, 1));
        }
    }

    /** Without its pairwise masks, as if all peers' keys were given back, the client's own mask still covers it. */
    @Test
    void aMaskedVectorStaysUniformUnderTheOwnMaskAlone() {
        SessionKeys keys =
                new SessionKeys(Rehearsal.complete(3, 2, LENGTH, BITS).digest(), new byte[32]);
        try (SummedVectors vectors = new SummedVectors(LENGTH)) {
            vectors.add((block, count) -> Arrays.fill(block, 0, count, 12345));
            vectors.sums().apply(List.of(keys.selfMask(new byte[32], 1)));
            int[] seen = new int[LENGTH];
            vectors.sums().read(0, seen, LENGTH);
            byte[] bytes = new byte[LENGTH * Integer.BYTES];
            MemorySegment.copy(MemorySegment.ofArray(seen), 0, MemorySegment.ofArray(bytes), 0, bytes.length);
            assertUniform(bytes);
        }
    }

    @Test
    void twoSessionsOverTheSameVectorShareNoElement() {
        int[] first = ints(viewOf(7, 1));
        int[] second = ints(viewOf(7, 2));
        int equal = 0;
        for (int i = 0; i < LENGTH; i++) {
            equal += first[i] == second[i] ? 1 : 0;
        }
        // Expected: 2^17 / 2^32.
        assertThat(equal).isLessThan(2);
    }

    private static byte[] viewOf(int value, int seed) {
        SecAggParameters parameters = Rehearsal.complete(3, 2, LENGTH, BITS);
        try (Rehearsal rehearsal = new Rehearsal(parameters, seed)) {
            PartyId watched = rehearsal.parties.get(1);
            rehearsal.advertise();
            rehearsal.share();
            int[] vector = new int[LENGTH];
            Arrays.fill(vector, value);
            return Rehearsal.masked(rehearsal.clients.get(watched), rehearsal.server.messageFor(watched), vector)
                    .toArray(ValueLayout.JAVA_BYTE);
        }
    }

    /** Each of the four bytes of an element, and the high bits of the difference of neighbours. */
    private static void assertUniform(byte[] bytes) {
        for (int position = 0; position < Integer.BYTES; position++) {
            int[] counts = new int[256];
            for (int at = position; at < bytes.length; at += Integer.BYTES) {
                counts[bytes[at] & 255]++;
            }
            assertThat(chiSquare(counts)).isBetween(LEAST, MOST);
        }
        int[] values = ints(bytes);
        int[] differences = new int[256];
        for (int i = 1; i < values.length; i++) {
            differences[(values[i] - values[i - 1]) >>> 24]++;
        }
        assertThat(chiSquare(differences)).isBetween(LEAST, MOST);
    }

    private static double chiSquare(int[] counts) {
        double expected = (double) Arrays.stream(counts).sum() / counts.length;
        return Arrays.stream(counts)
                .mapToDouble(count -> (count - expected) * (count - expected) / expected)
                .sum();
    }

    private static int[] ints(byte[] bytes) {
        return MemorySegment.ofArray(bytes).toArray(ValueLayout.JAVA_INT_UNALIGNED);
    }
}
