package io.nsfl.protocol.job;

import java.util.Optional;
import java.util.function.BiPredicate;

/** What a job can ask of its algorithms, as far as it matters for what combines; see {@link Composition}. */
public enum Feature {
    ADAPTIVE_SERVER(
            "fedavgm, fedadam, fedyogi, fedadagrad",
            "aggregation",
            named("fedavgm", "fedadam", "fedyogi", "fedadagrad")),
    FEDNOVA("fednova", "aggregation", named("fednova")),
    QFEDAVG("qfedavg", "aggregation", named("qfedavg")),
    FEDBUFF("fedbuff (asynchronous)", "aggregation", named("fedbuff")),
    ROBUST(
            "median, trimmed_mean, krum, multi_krum, bulyan, geometric_median",
            "aggregation",
            named("median", "trimmed_mean", "krum", "multi_krum", "bulyan", "geometric_median")),
    NORM_BOUND("norm_bound", "aggregation", named("norm_bound")),
    OWN_AGGREGATION("aggregation by an extender", "aggregation", named(AggregationConfig.EXTENDER)),
    FEDPROX("fedprox", "optimizer", optimizer("fedprox")),
    SCAFFOLD("scaffold", "optimizer", optimizer("scaffold")),
    LOCAL_LAYERS(
            "local_layers", "local_layers", (method, _) -> !method.localLayers().isEmpty()),
    DP_LOCAL("differential_privacy: local", "differential_privacy", privacy(DifferentialPrivacy.Mode.LOCAL)),
    DP_CENTRAL("differential_privacy: central", "differential_privacy", privacy(DifferentialPrivacy.Mode.CENTRAL)),
    DP_DISTRIBUTED(
            "differential_privacy: distributed", "differential_privacy", privacy(DifferentialPrivacy.Mode.DISTRIBUTED)),
    SSA(
            "secure_algorithm: SSA",
            "secure_algorithm",
            (method, _) -> method.secureAggregation().isPresent()),
    HALF(
            "compression: fp16, bf16",
            "compression",
            uplink(CompressionConfig.Uplink.FP16, CompressionConfig.Uplink.BF16)),
    INT8("compression: int8", "compression", uplink(CompressionConfig.Uplink.INT8)),
    TOPK("compression: topk", "compression", uplink(CompressionConfig.Uplink.TOPK)),
    DOWNLINK_DELTA(
            "compression: downlink delta",
            "compression",
            (method, _) -> method.compression()
                    .filter(CompressionConfig::downlinkDelta)
                    .isPresent()),
    EXTENDER_AGGREGATE(
            "extender: aggregate",
            "extender",
            (method, _) -> method.extender().flatMap(ExtenderConfig::aggregate).isPresent()),
    EARLY_STOP("early_stop", "early_stop", (method, _) -> method.earlyStop().isPresent());

    private final String title;
    private final String block;
    private final BiPredicate<JobMethod, Optional<OptimizerConfig>> asked;

    Feature(String title, String block, BiPredicate<JobMethod, Optional<OptimizerConfig>> asked) {
        this.title = title;
        this.block = block;
        this.asked = asked;
    }

    /** For people. */
    public String title() {
        return title;
    }

    /** Name of the job object's field that asks for it. */
    public String block() {
        return block;
    }

    /** Whether a job has room for one of the two only: they are words for the same key, or the same. */
    public boolean excludes(Feature other) {
        return this == other || block.equals(other.block) && this != DOWNLINK_DELTA && other != DOWNLINK_DELTA;
    }

    boolean isAsked(JobMethod method, Optional<OptimizerConfig> optimizer) {
        return asked.test(method, optimizer);
    }

    private static BiPredicate<JobMethod, Optional<OptimizerConfig>> named(String... names) {
        return (method, _) -> method.aggregation()
                .filter(aggregation -> java.util.List.of(names).contains(aggregation.name()))
                .isPresent();
    }

    private static BiPredicate<JobMethod, Optional<OptimizerConfig>> optimizer(String name) {
        return (_, optimizer) ->
                optimizer.filter(given -> given.name().equals(name)).isPresent();
    }

    private static BiPredicate<JobMethod, Optional<OptimizerConfig>> privacy(DifferentialPrivacy.Mode mode) {
        return (method, _) ->
                method.privacy().filter(given -> given.mode() == mode).isPresent();
    }

    private static BiPredicate<JobMethod, Optional<OptimizerConfig>> uplink(CompressionConfig.Uplink... uplinks) {
        return (method, _) -> method.compression()
                .filter(given -> java.util.List.of(uplinks).contains(given.uplink()))
                .isPresent();
    }
}
