package io.nsfl.federation.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nsfl.federation.Vectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrivacyAccountTest {
    @ParameterizedTest
    @CsvSource({
        "0.01, 1.0, 1000, 1e-5, 2.1077530754515745, 8",
        "0.01, 1.1, 10000, 1e-5, 5.6543080001495145, 5",
        "0.001, 0.8, 10000, 1e-6, 1.7201228859069170, 8",
        "0.004266666666666667, 1.1, 14040, 1e-5, 2.5948176752357233, 8",
        "0.1, 1.0, 100, 1e-5, 7.9729215103805390, 3",
        "0.05, 2.0, 200, 1e-6, 1.9518065481917480, 12",
        "1.0, 10.0, 100, 1e-5, 4.7527283368198220, 5",
        "0.02, 0.7, 500, 1e-5, 7.6640877678174670, 3",
        "0.0003, 1.0, 3000, 1e-9, 1.1473425877307182, 16"
    })
    void epsilonIsThatOfThePublishedTable(double q, double z, long times, double delta, double epsilon, int order) {
        PrivacyLoss loss =
                PrivacyAccount.EMPTY.plus(new SampledGaussian(q, z), times).loss(delta);

        assertThat(loss.epsilon()).isCloseTo(epsilon, within(1e-9));
        assertThat(loss.order()).isEqualTo(order);
    }

    @ParameterizedTest
    @CsvSource({
        "0.01, 1.0, 2, 0.00017181342207455",
        "0.01, 1.0, 8, 0.0008936439076060",
        "0.01, 1.0, 32, 11.246275937048072",
        "0.1, 1.0, 4, 0.05867260696008056",
        "0.05, 2.0, 16, 0.00734731410317829",
        "1.0, 1.5, 7, 1.5555555555555556"
    })
    void oneStepIsThatOfThePublishedTable(double q, double z, int order, double divergence) {
        assertThat(new SampledGaussian(q, z).curve().at(order)).isCloseTo(divergence, within(1e-13 * (1 + divergence)));
    }

    @Test
    void twoHundredSettingsAndCompositionsAreThoseOfAnIndependentLibrary() {
        Vectors reference = new Vectors("privacy_reference");
        int cases = (int) reference.numbers("cases")[0];
        for (int i = 1; i <= cases; i++) {
            String[] words = reference.words("case." + i);
            PrivacyAccount account = PrivacyAccount.EMPTY;
            int at = 0;
            for (; !words[at].equals(";"); at += 3) {
                account = account.plus(
                        new SampledGaussian(Double.parseDouble(words[at]), Double.parseDouble(words[at + 1])),
                        Long.parseLong(words[at + 2]));
            }
            double expected = Double.parseDouble(words[at + 2]);

            PrivacyLoss loss = account.loss(Double.parseDouble(words[at + 1]));

            assertThat(loss.epsilon()).as("case %d", i).isCloseTo(expected, within(1e-9 * Math.max(1, expected)));
        }
        assertThat(cases).isEqualTo(200);
    }

    @Test
    void releasesAddUpInWhateverOrderTheyCame() {
        SampledGaussian a = new SampledGaussian(0.1, 1.2);
        SampledGaussian b = SampledGaussian.unsampled(4);

        PrivacyAccount interleaved = PrivacyAccount.EMPTY.plus(a, 2).plus(b, 1).plus(a, 3);

        assertThat(interleaved).isEqualTo(PrivacyAccount.EMPTY.plus(a, 5).plus(b, 1));
        assertThat(interleaved.count()).isEqualTo(6);
        assertThat(PrivacyAccount.EMPTY.plus(a, 5).plus(PrivacyAccount.EMPTY.plus(b, 1)))
                .isEqualTo(interleaved);
    }

    @Test
    void nothingReleasedCostsNothing() {
        assertThat(PrivacyAccount.EMPTY.loss(1e-5).epsilon()).isZero();
        assertThat(PrivacyAccount.EMPTY
                        .plus(new SampledGaussian(0, 1), 9)
                        .loss(1e-5)
                        .epsilon())
                .isZero();
    }

    @Test
    void aReleaseWithoutNoisePromisesNothing() {
        assertThat(PrivacyAccount.EMPTY
                        .plus(SampledGaussian.unsampled(0), 1)
                        .loss(1e-5)
                        .epsilon())
                .isInfinite();
    }

    /** Their squares are no floating-point numbers above zero, or none that are finite. */
    @Test
    void noiseBeyondMeasureCostsEverythingOrNothing() {
        for (double q : new double[] {0.01, 1}) {
            assertThat(PrivacyAccount.EMPTY
                            .plus(new SampledGaussian(q, 1e-160), 10)
                            .loss(1e-5)
                            .epsilon())
                    .isInfinite();
            assertThat(PrivacyAccount.EMPTY
                            .plus(new SampledGaussian(q, 1e160), 10)
                            .loss(1e-5)
                            .epsilon())
                    .isZero();
        }
    }

    @Test
    void norDoesNoiseTooSmallForNumbers() {
        for (double sampling : new double[] {0.5, 1}) {
            assertThat(PrivacyAccount.EMPTY
                            .plus(new SampledGaussian(sampling, 1e-200), 1)
                            .loss(1e-5)
                            .epsilon())
                    .isInfinite();
        }
    }

    @Test
    void moreReleasesNeverCostLess() {
        double before = 0;
        for (int rounds = 1; rounds < 60; rounds++) {
            double epsilon = PrivacyAccount.EMPTY
                    .plus(new SampledGaussian(0.2, 1.5), rounds)
                    .loss(1e-6)
                    .epsilon();
            assertThat(epsilon).isGreaterThan(before);
            before = epsilon;
        }
    }

    @Test
    void deltaMustBeAProbability() {
        assertThatThrownBy(() -> PrivacyAccount.EMPTY.loss(0)).hasMessageContaining("between 0 and 1");
        assertThatThrownBy(() -> new SampledGaussian(1.5, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new SampledGaussian(0.5, Double.NaN)).isInstanceOf(IllegalArgumentException.class);
    }
}
