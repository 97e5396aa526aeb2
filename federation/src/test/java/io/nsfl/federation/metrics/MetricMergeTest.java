package io.nsfl.federation.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class MetricMergeTest {
    @Test
    void weighsBySamples() {
        assertThat(MetricMerge.bySamples(List.of(
                        Map.of("sample_num", 100.0, "accuracy", 0.5, "loss", 2.0),
                        Map.of("sample_num", 300.0, "accuracy", 0.9, "loss", 1.0))))
                .containsExactly(entry("accuracy", 0.8), entry("loss", 1.25), entry("sample_num", 400.0));
    }

    @Test
    void doesNotLetAClientWeighInForAMetricItLacks() {
        assertThat(MetricMerge.bySamples(List.of(
                        Map.of("sample_num", 1000.0, "loss", 1.0),
                        Map.of("sample_num", 10.0, "loss", 1.0, "f1", 0.75))))
                .contains(entry("f1", 0.75), entry("loss", 1.0));
    }

    @Test
    void takesTheLargestOfWhatPrivacyHasCost() {
        assertThat(MetricMerge.bySamples(List.of(
                        Map.of("sample_num", 10.0, "dp_epsilon", 3.5, "dp_delta", 1e-6),
                        Map.of("sample_num", 1000.0, "dp_epsilon", 0.5, "dp_delta", 1e-5))))
                .containsExactly(entry("dp_delta", 1e-5), entry("dp_epsilon", 3.5), entry("sample_num", 1010.0));
    }

    @Test
    void leavesOutMetricsThatAreNotNumbers() {
        assertThat(MetricMerge.bySamples(List.of(
                        Map.of("sample_num", 10.0, "loss", Double.NaN), Map.of("sample_num", 10.0, "loss", 3.0))))
                .contains(entry("loss", 3.0));
    }

    @Test
    void leavesOutClientsWithoutSamples() {
        assertThat(MetricMerge.bySamples(List.of(Map.of("loss", 1.0), Map.of("sample_num", 0.0, "loss", 1.0))))
                .isEmpty();
    }

    @Property(tries = 100)
    void givesTheSameBitsInAnyOrder(@ForAll Random random) {
        List<Map<String, Double>> clients = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Map<String, Double> metrics = new HashMap<>();
            metrics.put("sample_num", 1.0 + random.nextInt(1000));
            metrics.put("loss", random.nextDouble());
            clients.add(metrics);
        }
        Map<String, Double> first = MetricMerge.bySamples(clients);
        Collections.shuffle(clients, random);
        assertThat(MetricMerge.bySamples(clients)).isEqualTo(first);
    }
}
