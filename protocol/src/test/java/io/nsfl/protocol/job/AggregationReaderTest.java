package io.nsfl.protocol.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.Violation;
import io.nsfl.protocol.job.AggregationMethod.Adaptive;
import io.nsfl.protocol.job.AggregationMethod.Weighting;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AggregationReaderTest {
    @Test
    void readsEachMethodWithItsDefaults() {
        assertThat(method("fedavg", "")).isEqualTo(new AggregationMethod.FedAvg(Weighting.SAMPLES));
        assertThat(method("FedAvgM", "")).isEqualTo(new AggregationMethod.FedAvgM(0.9, Weighting.SAMPLES));
        assertThat(method("fedadam", ""))
                .isEqualTo(new Adaptive(
                        Adaptive.Rule.ADAM,
                        0.9,
                        0.99,
                        1e-3,
                        1e-6,
                        Adaptive.BiasCorrection.NONE,
                        false,
                        Weighting.SAMPLES));
        assertThat(((Adaptive) method("fedadagrad", "")).beta1()).isZero();
        assertThat(method("fednova", "")).isEqualTo(new AggregationMethod.FedNova(0, 0, OptionalDouble.empty()));
        assertThat(method("qfedavg", "\"client_learning_rate\":0.1")).isEqualTo(new AggregationMethod.QFedAvg(1, 0.1));
        assertThat(method("median", "")).isEqualTo(new AggregationMethod.Median(1));
        assertThat(method("trimmed_mean", "\"f\":2"))
                .isEqualTo(new AggregationMethod.TrimmedMean(2, 2, OptionalDouble.empty()));
        assertThat(method("krum", "")).isEqualTo(new AggregationMethod.Krum(1));
        assertThat(method("multi-krum", "")).isEqualTo(new AggregationMethod.MultiKrum(1, OptionalInt.empty()));
        assertThat(method("bulyan", "")).isEqualTo(new AggregationMethod.Bulyan(1));
        assertThat(method("geometric_median", "")).isEqualTo(new AggregationMethod.GeometricMedian(1, 5, 1e-6));
        assertThat(method("norm_bound", "\"norm_bound\":2.5")).isEqualTo(new AggregationMethod.NormBound(2.5));
    }

    @Test
    void readsTheChoicesInWhichImplementationsDiffer() {
        assertThat(method(
                        "fedyogi",
                        "\"beta1\":0,\"beta2\":\"0.999\",\"tau\":0.0001,\"initial_accumulator\":0,"
                                + "\"bias_correction\":\"Shifted\",\"tau_inside\":true,\"weighting\":\"equal\""))
                .isEqualTo(new Adaptive(
                        Adaptive.Rule.YOGI, 0, 0.999, 1e-4, 0, Adaptive.BiasCorrection.SHIFTED, true, Weighting.EQUAL));
    }

    @Test
    void adagradHasNoBeta2() {
        assertThat(read("fedadagrad", "\"beta2\":0.9", 10, 10).violations())
                .singleElement()
                .satisfies(fault -> assertThat(fault.path()).isEqualTo("$.aggregation.params.beta2"));
    }

    /** Fewer clients than a rule needs are refused here and never made to do. */
    @ParameterizedTest
    @CsvSource({
        "median, 1, 3",
        "median, 3, 7",
        "trimmed_mean, 2, 5",
        "krum, 1, 5",
        "krum, 4, 11",
        "multi_krum, 2, 7",
        "bulyan, 1, 7",
        "bulyan, 2, 11",
        "geometric_median, 2, 5"
    })
    void aRobustRuleNeedsItsClientsInEveryRound(String name, int f, int needed) {
        String params = "\"f\":" + f;
        assertThat(read(name, params, needed, needed).violations()).isEmpty();
        assertThat(read(name, params, needed, needed - 1).violations())
                .singleElement()
                .satisfies(fault -> {
                    assertThat(fault.path()).isEqualTo("$.hyper_parameters.threshold_client_num");
                    assertThat(fault.message()).contains("at least " + needed, name, "needs");
                });
        assertThat(paths(read(name, params, needed - 1, needed - 1)))
                .containsExactlyInAnyOrder("$.hyper_parameters.client_num", "$.hyper_parameters.threshold_client_num");
    }

    /** floor(0.1 * 11) = 1 value at each end bears one malicious client, not two. */
    @Test
    void aFractionThatRoundsDownBelowFIsRefused() {
        assertThat(paths(read("trimmed_mean", "\"f\":2,\"fraction\":0.1", 11, 11)))
                .containsExactly("$.aggregation.params.fraction");
        assertThat(read("trimmed_mean", "\"f\":1,\"fraction\":0.1", 11, 11).violations())
                .isEmpty();
        assertThat(paths(read("trimmed_mean", "\"fraction\":0.5", 11, 11)))
                .containsExactly("$.aggregation.params.fraction");
        assertThat(paths(read("trimmed_mean", "\"f\":3,\"trim\":2", 11, 11)))
                .containsExactly("$.aggregation.params.trim");
    }

    @Test
    void saysAllFaultsAtOnce() {
        assertThat(paths(read("fedadam", "\"beta1\":1,\"tau\":0,\"weighting\":\"loud\",\"bata2\":0.9", 2, 2)))
                .containsExactlyInAnyOrder(
                        "$.aggregation.params.beta1",
                        "$.aggregation.params.tau",
                        "$.aggregation.params.weighting",
                        "$.aggregation.params.bata2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"qfedavg", "norm_bound"})
    void whatHasNoDefaultMustBeGiven(String name) {
        assertThat(read(name, "", 2, 2).violations())
                .singleElement()
                .satisfies(fault -> assertThat(fault.message()).startsWith("must be given"));
    }

    @Test
    void novaCountsStepsInOneWay() {
        assertThat(paths(read("fednova", "\"momentum\":0.9,\"mu\":0.1,\"client_learning_rate\":0.1", 2, 2)))
                .containsExactly("$.aggregation.params.mu");
        assertThat(paths(read("fednova", "\"mu\":0.1", 2, 2)))
                .containsExactly("$.aggregation.params.client_learning_rate");
        assertThat(paths(read("fednova", "\"mu\":10,\"client_learning_rate\":0.1", 2, 2)))
                .containsExactly("$.aggregation.params.mu");
    }

    @Test
    void novaTakesTheProximalTermOfTheClientsOptimizer() {
        assertThat(novaWith("{\"client_learning_rate\":0.1}", "{\"mu\":0.2}").violations())
                .isEmpty();
        assertThat(novaWith("{\"client_learning_rate\":0.1}", "{\"mu\":0.2}")
                        .orThrow(Fault.REQUEST_INVALID, "The job")
                        .method()
                        .aggregation()
                        .flatMap(AggregationConfig::method))
                .contains(new AggregationMethod.FedNova(0, 0.2, OptionalDouble.of(0.1)));
        assertThat(paths(novaWith("{\"client_learning_rate\":0.1,\"mu\":0.3}", "{\"mu\":0.2}")))
                .containsExactly("$.aggregation.params.mu");
        assertThat(paths(novaWith("{}", "{}"))).containsExactly("$.aggregation.params.client_learning_rate");
    }

    @Test
    void novaTakesTheMomentumOfTheClientsOptimizer() {
        assertThat(novaWith("{}", "{\"mu\":0,\"momentum\":0.9}")
                        .orThrow(Fault.REQUEST_INVALID, "The job")
                        .method()
                        .aggregation()
                        .flatMap(AggregationConfig::method))
                .contains(new AggregationMethod.FedNova(0.9, 0, OptionalDouble.empty()));
        assertThat(paths(novaWith("{\"momentum\":0.5}", "{\"mu\":0,\"momentum\":0.9}")))
                .containsExactly("$.aggregation.params.momentum");
        assertThat(paths(novaWith("{\"client_learning_rate\":0.1}", "{\"mu\":0.1,\"momentum\":0.9}")))
                .containsExactly("$.aggregation.params.mu");
    }

    private static Reading<JobConfig> novaWith(String nova, String prox) {
        String job = """
                {"id":"a","runtime":"pytorch","output":"o","task_entry":"t","model_id":"default-m-V0",
                 "optimizer":{"name":"fedprox","params":%s},"aggregation":{"name":"fednova","params":%s}}
                """.formatted(prox, nova);
        return JobConfigReader.forCreate("default", JobJson.object(job.getBytes(UTF_8)));
    }

    @Test
    void multiKrumKeepsMaliciousUpdatesOut() {
        assertThat(paths(read("multi_krum", "\"f\":2,\"m\":6", 7, 7))).containsExactly("$.aggregation.params.m");
        assertThat(read("multi_krum", "\"f\":2,\"m\":4", 11, 11).violations()).isEmpty();
        assertThat(read("multi_krum", "\"f\":2,\"m\":4", 11, 11).warnings()).isEmpty();
        assertThat(read("multi_krum", "\"f\":2,\"m\":5", 11, 11).warnings())
                .extracting(Violation::path)
                .contains("$.aggregation.params.m");
    }

    @Test
    void warnsOfAnAdaptiveServerThatLeapsAbout() {
        assertThat(read("fedadam", "", 2, 2).warnings())
                .extracting(Violation::path)
                .containsExactly("$.hyper_parameters.learning_rate");
    }

    @Test
    void anUnknownNameIsRefusedWithThoseThatThereAre() {
        assertThat(read("average", "", 2, 2).violations())
                .singleElement()
                .satisfies(fault -> assertThat(fault.message()).contains("fedavg", "trimmed_mean"));
        assertThat(paths(read("extender", "", 2, 2))).containsExactly("$.aggregation");
    }

    private static AggregationMethod method(String name, String params) {
        return read(name, params, 20, 20)
                .orThrow(Fault.REQUEST_INVALID, "The job")
                .method()
                .aggregation()
                .flatMap(AggregationConfig::method)
                .orElseThrow();
    }

    private static List<String> paths(Reading<JobConfig> reading) {
        return reading.violations().stream().map(Violation::path).toList();
    }

    private static Reading<JobConfig> read(String name, String params, int clients, int threshold) {
        String job = """
                {"id":"a","runtime":"pytorch","output":"o","task_entry":"t","model_id":"default-m-V0",
                 "hyper_parameters":{"client_num":%d,"threshold_client_num":%d},
                 "aggregation":{"name":"%s","params":{%s}}}
                """.formatted(clients, threshold, name, params);
        return JobConfigReader.forCreate("default", JobJson.object(job.getBytes(UTF_8)));
    }
}
