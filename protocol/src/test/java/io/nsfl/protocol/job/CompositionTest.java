package io.nsfl.protocol.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.protocol.fault.Violation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.node.ObjectNode;

class CompositionTest {
    /** Run with -Dnsfl.write=true to write the page anew. */
    private static final Path PAGE = Path.of("../docs/composition.md");

    @Test
    void pageIsWhatTheTableSays() throws IOException {
        String page = CompositionPage.text();
        if (Boolean.getBoolean("nsfl.write")) {
            Files.writeString(PAGE, page);
        }

        assertThat(Files.readString(PAGE)).isEqualTo(page);
    }

    /** Each pair of two blocks: refused with both names in the sentence, or not refused for this reason. */
    @TestFactory
    Stream<DynamicTest> everyPairIsDecidedAtCreate() {
        return Stream.of(Feature.values())
                .flatMap(one -> Stream.of(Feature.values())
                        .filter(other -> one.ordinal() < other.ordinal())
                        .filter(other -> !one.excludes(other))
                        .map(other -> DynamicTest.dynamicTest(one + " with " + other, () -> decided(one, other))));
    }

    private static void decided(Feature one, Feature other) {
        List<Violation> violations = read(one, other).violations().stream()
                .filter(violation -> violation.message().contains("does not combine"))
                .toList();

        if (Composition.refusal(one, other).isPresent()) {
            assertThat(violations)
                    .extracting(Violation::message)
                    .anySatisfy(message -> assertThat(message).contains(one.title(), other.title()));
            assertThat(violations).extracting(Violation::path).contains("$." + one.block());
        } else {
            assertThat(violations)
                    .noneSatisfy(violation -> assertThat(violation.message())
                            .contains(one.title())
                            .contains(other.title()));
        }
    }

    @Test
    void distributedNoiseNeedsSecureAggregation() {
        List<Violation> violations = JobConfigReader.forCreate("default", job(Feature.DP_DISTRIBUTED))
                .violations();

        assertThat(violations)
                .extracting(Violation::message)
                .anySatisfy(message -> assertThat(message).contains("needs secure aggregation"));
    }

    @Test
    void noiseJoinsSecureAggregationWithAnyClipNorm() {
        for (Feature mode : List.of(Feature.DP_CENTRAL, Feature.DP_DISTRIBUTED)) {
            assertThat(read(mode, Feature.SSA).violations()).isEmpty();
        }
        ObjectNode adaptive = job(Feature.DP_CENTRAL);
        adaptive.setAll(job(Feature.SSA));
        ((ObjectNode) adaptive.path("differential_privacy"))
                .putObject("adaptive_clip")
                .put("count_noise", 2);

        assertThat(JobConfigReader.forCreate("default", adaptive).violations()).isEmpty();
    }

    private static Reading<JobConfig> read(Feature one, Feature other) {
        ObjectNode both = job(one);
        job(other).forEachEntry((name, value) -> {
            if (both.get(name) instanceof ObjectNode block) {
                block.setAll((ObjectNode) value);
            } else {
                both.set(name, value);
            }
        });
        return JobConfigReader.forCreate("default", both);
    }

    /** A job that asks for one feature. */
    static ObjectNode job(Feature feature) {
        return JobJson.object(("{\"id\":\"a\",\"runtime\":\"pytorch\",\"output\":\"o\",\"task_entry\":\"t\","
                        + "\"model_id\":\"default-m-V0\",\"hyper_parameters\":{\"client_num\":20,\"threshold_client_num\":20},"
                        + asking(feature) + "}")
                .getBytes(UTF_8));
    }

    private static String asking(Feature feature) {
        return switch (feature) {
            case ADAPTIVE_SERVER -> aggregation("fedadam", "");
            case FEDNOVA -> aggregation("fednova", "");
            case QFEDAVG -> aggregation("qfedavg", "");
            case FEDBUFF -> aggregation("fedbuff", "");
            case ROBUST -> aggregation("median", "");
            case NORM_BOUND -> aggregation("norm_bound", "\"norm_bound\":1");
            case OWN_AGGREGATION -> aggregation("extender", "");
            case FEDPROX -> "\"optimizer\":{\"name\":\"fedprox\"}";
            case SCAFFOLD -> "\"optimizer\":{\"name\":\"scaffold\"}";
            case LOCAL_LAYERS -> "\"local_layers\":[\"bn*\"]";
            case DP_LOCAL -> privacy("local");
            case DP_CENTRAL -> privacy("central");
            case DP_DISTRIBUTED -> privacy("distributed");
            case SSA -> "\"secure_algorithm\":{\"type\":\"SSA\"}";
            case HALF -> "\"compression\":{\"name\":\"bf16\"}";
            case INT8 -> "\"compression\":{\"name\":\"int8\"}";
            case TOPK -> "\"compression\":{\"name\":\"topk\"}";
            case DOWNLINK_DELTA -> "\"compression\":{\"downlink\":\"delta\"}";
            case EXTENDER_AGGREGATE ->
                "\"extender\":{\"script_path\":\"x\",\"entry\":\"e.py\",\"aggregate\":\"aggregate\"}";
            case EARLY_STOP -> "\"early_stop\":{\"metric\":\"accuracy\"}";
        };
    }

    private static String aggregation(String name, String params) {
        return "\"aggregation\":{\"name\":\"" + name + "\",\"params\":{" + params + "}}";
    }

    private static String privacy(String mode) {
        return "\"differential_privacy\":{\"mode\":\"" + mode + "\",\"noise_multiplier\":1,\"clip_norm\":1}";
    }
}
