package io.nsfl.federation.secagg.shamir;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.federation.Vectors;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ShamirTest {
    private static final Vectors VECTORS = new Vectors("secagg");
    private static final SecureRandom RANDOM = new SecureRandom();

    @Test
    void evaluatesThePublishedPolynomial() {
        long[] polynomial = longs("shamir.polynomial");
        long[] shares = LongStream.of(longs("shamir.x"))
                .map(x -> Dealer.evaluate(polynomial, x))
                .toArray();
        assertThat(shares).isEqualTo(longs("shamir.y"));
    }

    @Test
    void interpolatesThePublishedShares() {
        int[] subset = ints("shamir.subset");
        long[] y = longs("shamir.y");
        Interpolation interpolation = new Interpolation(subset);
        assertThat(interpolation.coefficients()).isEqualTo(longs("shamir.lagrange"));
        long secret = 0;
        for (int i = 0; i < subset.length; i++) {
            secret = Field31.add(secret, Field31.multiply(interpolation.coefficients()[i], y[subset[i] - 1]));
        }
        assertThat(secret).isEqualTo(longs("shamir.secret")[0]);
    }

    @Test
    void givesAnotherValueFromFewerSharesThanTheThreshold() {
        long[] y = longs("shamir.y");
        long[] coefficients = new Interpolation(new int[] {1, 2}).coefficients();
        long line = Field31.add(Field31.multiply(coefficients[0], y[0]), Field31.multiply(coefficients[1], y[1]));
        assertThat(line).isEqualTo(longs("shamir.two_shares")[0]).isNotEqualTo(longs("shamir.secret")[0]);
    }

    @Test
    void givesEverySecretBackFromEverySubsetOfTheThreshold() {
        List<byte[]> secrets = new ArrayList<>();
        secrets.add(new byte[32]);
        secrets.add(filled(0xFF));
        secrets.add(filled(0x80));
        byte[] random = new byte[32];
        RANDOM.nextBytes(random);
        secrets.add(random);
        for (byte[] secret : secrets) {
            for (int threshold = 2; threshold <= 6; threshold++) {
                try (Dealer dealer = new Dealer(secret, threshold, RANDOM)) {
                    assertEverySubset(dealer, secret, threshold);
                }
            }
        }
    }

    @Test
    void neverGivesTheSecretFromOneShareTooFew() {
        byte[] secret = filled(0x5A);
        try (Dealer dealer = new Dealer(secret, 3, RANDOM)) {
            List<Share> two = List.of(dealer.shareAt(1), dealer.shareAt(2));
            assertThat(new Interpolation(new int[] {1, 2}).secret(two).map(Arrays::hashCode))
                    .isNotEqualTo(java.util.Optional.of(Arrays.hashCode(secret)));
        }
    }

    @Test
    void refusesBytesThatAreNoFieldElements() {
        byte[] tooLarge = new byte[Share.LENGTH];
        Arrays.fill(tooLarge, (byte) 0xFF);
        assertThat(Share.of(tooLarge)).isEmpty();
        assertThat(Share.of(new byte[Share.LENGTH - 1])).isEmpty();
    }

    @Test
    void keepsAShareThroughItsBytes() {
        try (Dealer dealer = new Dealer(filled(1), 5, RANDOM)) {
            Share share = dealer.shareAt(9);
            assertThat(Share.of(share.bytes()).orElseThrow().bytes()).isEqualTo(share.bytes());
        }
    }

    private static void assertEverySubset(Dealer dealer, byte[] secret, int threshold) {
        int holders = 7;
        for (int mask = 0; mask < 1 << holders; mask++) {
            if (Integer.bitCount(mask) == threshold) {
                int members = mask;
                int[] places = IntStream.rangeClosed(1, holders)
                        .filter(x -> (members >> (x - 1) & 1) == 1)
                        .toArray();
                List<Share> shares =
                        IntStream.of(places).mapToObj(dealer::shareAt).toList();
                assertThat(new Interpolation(places).secret(shares)).hasValue(secret);
            }
        }
    }

    private static byte[] filled(int value) {
        byte[] secret = new byte[32];
        Arrays.fill(secret, (byte) value);
        return secret;
    }

    private static long[] longs(String key) {
        return Arrays.stream(VECTORS.words(key)).mapToLong(Long::parseLong).toArray();
    }

    private static int[] ints(String key) {
        return Arrays.stream(VECTORS.words(key)).mapToInt(Integer::parseInt).toArray();
    }
}
