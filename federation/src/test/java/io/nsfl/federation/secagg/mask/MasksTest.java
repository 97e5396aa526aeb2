package io.nsfl.federation.secagg.mask;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.federation.Vectors;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MasksTest {
    private static final Vectors VECTORS = new Vectors("secagg");
    private static final int CLIENTS = 4;

    @Test
    void expandsThePublishedMasks() {
        assertThat(applied(new int[6], List.of(pair(1, 2)))).isEqualTo(vector("mask.first_mask_pair_1_2"));
        assertThat(applied(new int[6], List.of(self(1)))).isEqualTo(vector("mask.self_mask_1"));
    }

    @Test
    void masksThePublishedInputs() {
        for (int client = 1; client <= CLIENTS; client++) {
            assertThat(masked(client)).isEqualTo(vector("mask.masked." + client));
        }
    }

    @Test
    void cancelsToThePublishedSums() {
        int[] all = sum(1, 2, 3, 4);
        assertThat(all).isEqualTo(vector("mask.sum_all_masked"));
        assertThat(applied(
                        all,
                        IntStream.rangeClosed(1, CLIENTS)
                                .mapToObj(client -> self(client).negated())
                                .toList()))
                .isEqualTo(vector("mask.expected_sum_all"));
    }

    @Test
    void takesTheMasksOfAClientThatDroppedOutAway() {
        int[] alive = sum(1, 2, 4);
        assertThat(alive).isEqualTo(vector("mask.sum_alive_masked"));
        List<MaskSeed> left = new ArrayList<>();
        for (int client : new int[] {1, 2, 4}) {
            left.add(self(client).negated());
            left.add(pair(3, client));
        }
        assertThat(applied(alive, left)).isEqualTo(vector("mask.expected_sum_alive"));
    }

    @Test
    void entersTheKeystreamAnywhere() {
        List<MaskSeed> seeds = List.of(pair(1, 2), self(1), pair(2, 1));
        int[] whole = new int[3 * Masks.BLOCK];
        Masks masks = new Masks(seeds, 0);
        for (int from = 0; from < whole.length; from += Masks.BLOCK) {
            int[] block = new int[Masks.BLOCK];
            masks.apply(block, Masks.BLOCK);
            System.arraycopy(block, 0, whole, from, Masks.BLOCK);
        }
        int[] last = new int[Masks.BLOCK];
        new Masks(seeds, 2L * Masks.BLOCK).apply(last, Masks.BLOCK);
        assertThat(last).isEqualTo(Arrays.copyOfRange(whole, 2 * Masks.BLOCK, 3 * Masks.BLOCK));
    }

    private static int[] sum(int... clients) {
        int[] sum = new int[6];
        for (int client : clients) {
            int[] masked = masked(client);
            Arrays.setAll(sum, i -> sum[i] + masked[i]);
        }
        return sum;
    }

    private static int[] masked(int client) {
        List<MaskSeed> seeds = new ArrayList<>();
        for (int peer = 1; peer <= CLIENTS; peer++) {
            if (peer != client) {
                seeds.add(pair(client, peer));
            }
        }
        seeds.add(self(client));
        return applied(vector("mask.input." + client), seeds);
    }

    private static int[] applied(int[] vector, List<MaskSeed> seeds) {
        int[] result = vector.clone();
        new Masks(seeds, 0).apply(result, result.length);
        return result;
    }

    private static MaskSeed pair(int own, int peer) {
        return new MaskSeed(sha256("pair|" + Math.min(own, peer) + "|" + Math.max(own, peer)), own < peer);
    }

    private static MaskSeed self(int client) {
        return new MaskSeed(sha256("self|" + client), true);
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII));
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException(missing);
        }
    }

    private static int[] vector(String key) {
        return Arrays.stream(VECTORS.words(key))
                .mapToInt(Integer::parseUnsignedInt)
                .toArray();
    }
}
