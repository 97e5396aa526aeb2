package io.nsfl.federation.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DistributedDiscreteGaussianTest {
    @ParameterizedTest
    @CsvSource({
        "0.001, 0.05, 1, 500.77140493442715, 0.0, 4.760448336819822, 5",
        "0.01, 0.02, 50, 53.1224999411737, 7.157179647609394e-17, 362.8766311038508, 2",
        "0.05, 0.02, 1, 19.544820285692065, 49.69018563295718, 50916.751719252, 2"
    })
    void theAccountIsThatOfTheReference(
            double step, double local, long rounds, double norm, double tau, double epsilon, int order) {
        DistributedDiscreteGaussian mechanism =
                new DistributedDiscreteGaussian(100, 1024, 0.5, step, local, DistributedDiscreteGaussian.BETA);

        assertThat(mechanism.roundedNorm()).isCloseTo(norm, within(1e-12 * norm));
        assertThat(mechanism.tau()).isCloseTo(tau, within(1e-12 * tau));
        PrivacyLoss loss = mechanism.curve().times(rounds).loss(1e-5);
        assertThat(loss.epsilon()).isCloseTo(epsilon, within(1e-12 * epsilon));
        assertThat(loss.order()).isEqualTo(order);
    }

    @Test
    void theSumOfTheClientsIsTheirSumButForTheNoise() {
        int clients = 12;
        int length = 100;
        double local = 0.02;
        double step = DistributedDiscreteGaussian.stepFor(20, clients, 128, 1, local, 4);
        DistributedDiscreteGaussian mechanism =
                new DistributedDiscreteGaussian(clients, 128, 1, step, local, DistributedDiscreteGaussian.BETA);
        HadamardRotation rotation = new HadamardRotation(new byte[] {1, 2, 3}, length);
        SplittableRandom random = new SplittableRandom(5);
        double[] expected = new double[length];
        long[] sum = new long[128];
        for (int c = 0; c < clients; c++) {
            double[] update = random.doubles(length, -0.1, 0.1).toArray();
            for (int i = 0; i < length; i++) {
                expected[i] += update[i];
            }
            long[] sent = mechanism.contribute(update, rotation, new SeededBits(c));
            for (int i = 0; i < sum.length; i++) {
                sum[i] += sent[i];
            }
        }
        // Within the modulus that the step was made for.
        assertThat(Arrays.stream(sum).map(Math::abs).max().orElseThrow()).isLessThan(1L << 19);

        double[] revealed = mechanism.reveal(i -> sum[(int) i], rotation);

        double squares = 0;
        for (int i = 0; i < length; i++) {
            squares += Math.pow(revealed[i] - expected[i], 2);
        }
        assertThat(Math.sqrt(squares / length))
                .isBetween(0.7 * local * Math.sqrt(clients), 1.3 * local * Math.sqrt(clients));
    }

    @Test
    void rotationKeepsTheNormAndComesBack() {
        double[] spike = new double[70];
        spike[3] = 4;
        HadamardRotation rotation = new HadamardRotation(new byte[] {9}, 70);

        double[] rotated = rotation.rotate(spike);

        assertThat(rotated).hasSize(128);
        assertThat(Arrays.stream(rotated).map(Math::abs).max().orElseThrow())
                .isCloseTo(4 / Math.sqrt(128), within(1e-12));
        assertThat(rotation.back(rotated)).containsExactly(spike, within(1e-12));
        spike[4] = 1;
        spike[9] = 2;
        assertThat(new HadamardRotation(new byte[] {8}, 70).rotate(spike)).isNotEqualTo(rotation.rotate(spike));
        assertThat(new HadamardRotation(new byte[] {8}, 1).rotate(new double[] {2}))
                .hasSize(1);
    }

    @Test
    void roundingHasNoBiasAndKeepsItsBound() {
        SeededBits bits = new SeededBits(11);
        double[] values = new double[400];
        Arrays.fill(values, 0.3);
        double bound = ConditionalRounding.normBound(6, 400, DistributedDiscreteGaussian.BETA);
        double total = 0;
        for (int i = 0; i < 200; i++) {
            long[] rounded = ConditionalRounding.round(values, bound, bits);
            double norm =
                    Math.sqrt(Arrays.stream(rounded).mapToDouble(x -> x * x).sum());
            assertThat(norm).isLessThanOrEqualTo(bound);
            total += Arrays.stream(rounded).average().orElseThrow();
        }
        assertThat(total / 200).isBetween(0.285, 0.31);
        assertThatThrownBy(() -> ConditionalRounding.round(new double[] {100}, 2, bits))
                .hasMessageContaining("too large");
    }

    @Test
    void aFineGridHasNoLessNoise() {
        double deviation = 1e8;
        DistributedDiscreteGaussian mechanism =
                new DistributedDiscreteGaussian(2, 1024, 1, 1 / deviation, 1, DistributedDiscreteGaussian.BETA);
        long[] noise =
                mechanism.contribute(new double[1024], new HadamardRotation(new byte[] {1}, 1024), new SeededBits(5));
        double squares = Arrays.stream(noise).mapToDouble(x -> (double) x * x).sum();
        assertThat(Math.sqrt(squares / noise.length) / deviation).isCloseTo(1, within(0.1));
    }

    @Test
    void dropoutsAreMadeUpForBeforehand() {
        assertThat(DistributedDiscreteGaussian.forDropout(1, 0.36)).isCloseTo(1.25, within(1e-12));
        assertThatThrownBy(() -> DistributedDiscreteGaussian.forDropout(1, 1))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
