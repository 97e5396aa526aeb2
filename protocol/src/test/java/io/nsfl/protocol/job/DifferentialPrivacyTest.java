package io.nsfl.protocol.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.protocol.fault.Violation;
import io.nsfl.protocol.job.DifferentialPrivacy.AdaptiveClip;
import io.nsfl.protocol.job.DifferentialPrivacy.Mode;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DifferentialPrivacyTest {
    @Test
    void readsEveryField() {
        assertThat(accepted("""
                "differential_privacy": {"mode": "Central", "noise_multiplier": 1.1, "clip_norm": "0.5", "delta": 1e-6,
                  "epsilon_budget": 8, "sampling": "fixed", "weighting": "equal", "evaluation": "public",
                  "adaptive_clip": {"quantile": 0.6, "learning_rate": 0.3, "count_noise": 5}}"""))
                .contains(new DifferentialPrivacy(
                        Mode.CENTRAL,
                        1.1,
                        OptionalDouble.of(0.5),
                        false,
                        1e-6,
                        OptionalDouble.of(8),
                        Optional.of(new AdaptiveClip(0.6, 0.3, OptionalDouble.of(5))),
                        1,
                        true));
    }

    @Test
    void theOriginalsSpellingIsModeLocalAndRunsWithoutAClipNormWithAWarning() {
        Reading<JobConfig> reading = read(
                "\"secure_algorithm\": {\"type\": \"DP\", \"noise_multiplier\": 0.1, \"adding_same_noise\": \"True\"}");

        assertThat(reading.violations()).isEmpty();
        DifferentialPrivacy privacy =
                reading.value().orElseThrow().method().privacy().orElseThrow();
        assertThat(privacy.mode()).isEqualTo(Mode.LOCAL);
        assertThat(privacy.noiseMultiplier()).isEqualTo(0.1);
        assertThat(privacy.addingSameNoise()).isTrue();
        assertThat(privacy.bounded()).isFalse();
        assertThat(reading.warnings()).extracting(Violation::path).contains("$.secure_algorithm.clip_norm");
        assertThat(reading.warnings().toString()).contains("epsilon is unbounded");
    }

    @Test
    void theOriginalsSpellingTakesTheNewKeysToo() {
        DifferentialPrivacy privacy = accepted(
                        "\"secure_algorithm\": {\"type\": \"dp\", \"noise_multiplier\": 1, \"clip_norm\": 2, \"mode\": \"central\"}")
                .orElseThrow();

        assertThat(privacy.mode()).isEqualTo(Mode.CENTRAL);
        assertThat(privacy.bounded()).isTrue();
        assertThat(privacy.delta()).isEqualTo(1e-5);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"mode\":\"central\",\"noise_multiplier\":1|clip_norm|nothing else bounds",
                "\"mode\":\"central\",\"noise_multiplier\":1,\"clip_norm\":1,\"adding_same_noise\":true|adding_same_noise|hides nothing",
                "\"mode\":\"local\"|noise_multiplier|must be given",
                "\"mode\":\"everywhere\",\"noise_multiplier\":1|mode|local, central or distributed",
                "\"mode\":\"distributed\",\"noise_multiplier\":200,\"clip_norm\":1|noise_multiplier|from 0.01 to 100",
                "\"noise_multiplier\":0,\"clip_norm\":1|noise_multiplier|above 0",
                "\"noise_multiplier\":1e-9,\"clip_norm\":1|noise_multiplier|1e-6 to 1e9",
                "\"noise_multiplier\":1,\"clip_norm\":1,\"delta\":1|delta|below 1",
                "\"noise_multiplier\":1,\"epsilon_budget\":4|epsilon_budget|unbounded without clip_norm",
                "\"noise_multiplier\":1,\"clip_norm\":1,\"weighting\":\"samples\"|weighting|every client counts the same",
                "\"noise_multiplier\":1,\"clip_norm\":1,\"evaluation\":\"yes\"|evaluation|withheld, or public",
                "\"mode\":\"central\",\"noise_multiplier\":1,\"clip_norm\":1,\"sampling\":\"poisson\"|probability|must be given",
                "\"mode\":\"central\",\"noise_multiplier\":1,\"clip_norm\":1,\"sampling\":\"poisson\",\"probability\":1|probability|below 1",
                "\"mode\":\"central\",\"noise_multiplier\":1,\"clip_norm\":1,\"probability\":0.5|probability|poisson only",
                "\"noise_multiplier\":1,\"clip_norm\":1,\"sampling\":\"poisson\",\"probability\":0.5|sampling|central and distributed",
                "\"noise_multiplier\":1,\"clip_norm\":1,\"adaptive_clip\":{}|adaptive_clip|mode central",
                "\"mode\":\"central\",\"noise_multiplier\":1,\"clip_norm\":1,\"adaptive_clip\":{\"quantile\":1}|adaptive_clip.quantile|below 1",
                "\"mode\":\"central\",\"noise_multiplier\":1,\"clip_norm\":1,\"adaptive_clip\":{}|adaptive_clip.count_noise|half of noise_multiplier",
            })
    void refusesWhatPromisesNothing(String fields, String field, String why) {
        Reading<JobConfig> reading = read("\"differential_privacy\": {" + fields + "}");

        assertThat(reading.violations()).anySatisfy(violation -> {
            assertThat(violation.path()).isEqualTo("$.differential_privacy." + field);
            assertThat(violation.message()).contains(why);
        });
    }

    @Test
    void tellsAllFaultsAtOnce() {
        Reading<JobConfig> reading = read("""
                "differential_privacy": {"mode": "central", "delta": 2, "weighting": "samples", "sampling": "often"}""");

        assertThat(reading.violations())
                .extracting(Violation::path)
                .contains(
                        "$.differential_privacy.noise_multiplier",
                        "$.differential_privacy.clip_norm",
                        "$.differential_privacy.delta",
                        "$.differential_privacy.weighting",
                        "$.differential_privacy.sampling");
    }

    @Test
    void earlyStopNeedsWhatIsWithheld() {
        String early = "\"early_stop\": {\"metric\": \"accuracy\"}, ";
        String privacy = "\"differential_privacy\": {\"noise_multiplier\": 1, \"clip_norm\": 1%s}";

        assertThat(read(early + privacy.formatted("")).violations())
                .anySatisfy(violation -> assertThat(violation.message()).contains("stay with the clients"));
        assertThat(read(early + privacy.formatted(",\"evaluation\":\"public\"")).violations())
                .noneSatisfy(violation -> assertThat(violation.message()).contains("stay with the clients"));
    }

    private static Optional<DifferentialPrivacy> accepted(String fields) {
        Reading<JobConfig> reading = read(fields);
        assertThat(reading.violations()).isEmpty();
        return reading.value().orElseThrow().method().privacy();
    }

    private static Reading<JobConfig> read(String fields) {
        return JobConfigReader.forCreate(
                "default",
                JobJson.object(("{\"id\":\"a\",\"runtime\":\"pytorch\",\"output\":\"o\",\"task_entry\":\"t\","
                                + "\"model_id\":\"default-m-V0\",\"hyper_parameters\":{\"client_num\":2}," + fields
                                + "}")
                        .getBytes(UTF_8)));
    }
}
