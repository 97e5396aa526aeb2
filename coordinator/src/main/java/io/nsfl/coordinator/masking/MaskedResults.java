package io.nsfl.coordinator.masking;

import io.nsfl.coordinator.algorithm.Weighting;
import io.nsfl.coordinator.round.MaskedLayout;
import io.nsfl.coordinator.round.MaskingRules;
import io.nsfl.coordinator.round.RosterEntry;
import io.nsfl.federation.aggregate.FoldPlan;
import io.nsfl.federation.aggregate.TensorPlan;
import io.nsfl.federation.privacy.DistributedNoise;
import io.nsfl.federation.secagg.GroupDraw;
import io.nsfl.federation.secagg.contribution.ContributionLayout;
import io.nsfl.federation.secagg.quantise.ModulusBudget;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.protocol.job.SecureAggregation;
import io.nsfl.protocol.v1.MaskedTensor;
import io.nsfl.protocol.v1.MaskingPlan;
import io.nsfl.protocol.v1.MaskingStage;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** How a job's results are masked: what its {@code secure_algorithm} means for rounds, vectors and task descriptions. */
public final class MaskedResults {
    /** What of the scripts' metrics is added up. */
    private static final List<String> METRICS = List.of("loss", "accuracy");

    /** Where clients do not announce how many samples they have. */
    private static final long UNANNOUNCED_WEIGHT_CAP = 1L << 16;

    private static final Duration STAGE = Duration.ofSeconds(60);

    private MaskedResults() {}

    public static MaskingRules rules(SecureAggregation asked) {
        boolean everybody = asked.mode() == SecureAggregation.Mode.ONEMASK;
        List<MaskingStage> stages = everybody
                ? List.of(MaskingStage.MASKING_STAGE_KEYS, MaskingStage.MASKING_STAGE_INPUT)
                : List.of(
                        MaskingStage.MASKING_STAGE_KEYS,
                        MaskingStage.MASKING_STAGE_SHARES,
                        MaskingStage.MASKING_STAGE_INPUT,
                        MaskingStage.MASKING_STAGE_CONSISTENCY,
                        MaskingStage.MASKING_STAGE_UNMASK);
        return new MaskingRules(asked.threshold(), everybody, stages, STAGE, GroupDraw.MOST);
    }

    /**
     * The largest weight that a client of this roster counts with: enough for what they announce, as more costs precision.
     */
    static long weightCap(Collection<RosterEntry> roster) {
        if (roster.stream().anyMatch(client -> client.samples() <= 0)) {
            return UNANNOUNCED_WEIGHT_CAP;
        }
        long cap = 1;
        for (RosterEntry client : roster) {
            while (cap < client.samples() && cap < ContributionLayout.MAX_WEIGHT_CAP) {
                cap <<= 1;
            }
        }
        return cap;
    }

    /**
     * Of a job with differential privacy. Clipped updates need no other range than the clip norm, statistics do not leave the clients, and of
     * the metrics none but what the noise is made for.
     *
     * @param plan the round's
     * @param clipNorm of the round
     * @param shared the noise multiplier of which each client adds a share; empty = none does. The shares of the fewest clients whose sum becomes
     *     known, those of one group, are enough
     * @param counted metrics of which each client has 0 or 1
     * @throws IllegalArgumentException if so many values with so much noise do not fit 32 bits
     */
    public static MaskedLayout layout(
            FoldPlan plan,
            Collection<RosterEntry> roster,
            double clipNorm,
            OptionalDouble shared,
            List<String> counted,
            MaskingRules rules) {
        List<TensorPlan> masked = plan.tensors().stream()
                .filter(tensor -> tensor.spec().kind() == TensorKind.TRAINABLE)
                .toList();
        int clients = together(rules, roster);
        long elements =
                masked.stream().mapToLong(tensor -> tensor.spec().elements()).sum();
        int bits = shared.isPresent()
                ? DistributedNoise.valueBits(
                        shared.getAsDouble(), rules.groupThreshold(roster.size()), clients, elements)
                : ModulusBudget.valueBits(clients);
        return new MaskedLayout(
                masked.stream().map(tensor -> tensor.spec().name()).toList(),
                counted,
                new ContributionLayout(
                        masked.stream()
                                .map(tensor -> new ContributionLayout.Part(
                                        tensor.spec().elements(), clipNorm))
                                .toList(),
                        2 * counted.size(),
                        bits,
                        1));
    }

    /** @param plan the round's limits; empty for an evaluation */
    public static MaskedLayout layout(
            Optional<FoldPlan> plan, Collection<RosterEntry> roster, Weighting weighting, MaskingRules rules) {
        List<TensorPlan> masked = plan.map(FoldPlan::tensors).orElse(List.of()).stream()
                .filter(tensor -> tensor.spec().kind() == TensorKind.TRAINABLE
                        || tensor.spec().kind() == TensorKind.STATISTIC)
                .toList();
        int bits = ModulusBudget.valueBits(together(rules, roster));
        return new MaskedLayout(
                masked.stream().map(tensor -> tensor.spec().name()).toList(),
                METRICS,
                new ContributionLayout(
                        masked.stream()
                                .map(tensor -> new ContributionLayout.Part(
                                        tensor.spec().elements(), Math.scalb(1.0, tensor.limitExponent())))
                                .toList(),
                        2 * METRICS.size(),
                        bits,
                        weighting.of(weightCap(roster))));
    }

    /** Most clients whose values are in one sum: at least two, as a session has. */
    private static int together(MaskingRules rules, Collection<RosterEntry> roster) {
        return Math.max(2, rules.groupOf(roster.size()));
    }

    /** As clients are told. @param roster how many clients are asked */
    public static MaskingPlan plan(MaskingRules rules, int roster, MaskedLayout layout) {
        MaskingPlan.Builder plan = MaskingPlan.newBuilder()
                .setMode(rules.everybody() ? MaskingPlan.Mode.MODE_ONEMASK : MaskingPlan.Mode.MODE_DOUBLEMASK)
                .setThreshold(rules.groupThreshold(roster))
                .setValueBits(layout.contribution().valueBits())
                .setWeightCap(layout.contribution().weightCap())
                .addAllMetrics(layout.metrics());
        for (int i = 0; i < layout.tensors().size(); i++) {
            ContributionLayout.Part part = layout.contribution().tensors().get(i);
            plan.addTensors(MaskedTensor.newBuilder()
                    .setName(layout.tensors().get(i))
                    .setElements(part.elements())
                    .setLimit(part.clip()));
        }
        return plan.build();
    }
}
