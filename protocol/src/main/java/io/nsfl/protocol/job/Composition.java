package io.nsfl.protocol.job;

import static io.nsfl.protocol.job.Feature.ADAPTIVE_SERVER;
import static io.nsfl.protocol.job.Feature.DP_CENTRAL;
import static io.nsfl.protocol.job.Feature.DP_DISTRIBUTED;
import static io.nsfl.protocol.job.Feature.DP_LOCAL;
import static io.nsfl.protocol.job.Feature.EXTENDER_AGGREGATE;
import static io.nsfl.protocol.job.Feature.FEDBUFF;
import static io.nsfl.protocol.job.Feature.FEDNOVA;
import static io.nsfl.protocol.job.Feature.HALF;
import static io.nsfl.protocol.job.Feature.INT8;
import static io.nsfl.protocol.job.Feature.LOCAL_LAYERS;
import static io.nsfl.protocol.job.Feature.NORM_BOUND;
import static io.nsfl.protocol.job.Feature.OWN_AGGREGATION;
import static io.nsfl.protocol.job.Feature.QFEDAVG;
import static io.nsfl.protocol.job.Feature.ROBUST;
import static io.nsfl.protocol.job.Feature.SCAFFOLD;
import static io.nsfl.protocol.job.Feature.SSA;
import static io.nsfl.protocol.job.Feature.TOPK;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What combines with what. The one table that decides at create and that the documentation is made from: a pair that is not in it
 * combines. Of two features in one block only one can be asked for anyway.
 */
public final class Composition {
    private static final Set<Feature> UPLINKS = EnumSet.of(HALF, INT8, TOPK);
    private static final Set<Feature> AGGREGATIONS =
            EnumSet.of(ADAPTIVE_SERVER, FEDNOVA, QFEDAVG, FEDBUFF, ROBUST, NORM_BOUND, OWN_AGGREGATION);
    private static final Map<Set<Feature>, String> REFUSED = new LinkedHashMap<>();

    static {
        // Secure aggregation shows the server one weighted sum and nothing else.
        refuse(
                SSA,
                EnumSet.of(ROBUST, NORM_BOUND, OWN_AGGREGATION, EXTENDER_AGGREGATE),
                "needs each client's update, which secure aggregation hides");
        refuse(
                SSA,
                EnumSet.of(FEDNOVA, QFEDAVG),
                "needs each client's own number of steps or loss, which secure aggregation hides");
        refuse(SSA, EnumSet.of(FEDBUFF), "has no round whose clients could mask their updates together");
        refuse(SSA, EnumSet.of(SCAFFOLD), "sends control variates, which are not masked");
        refuse(SSA, UPLINKS, "changes the values that masks are added to; secure aggregation quantises by itself");
        refuse(SSA, EnumSet.of(DP_LOCAL), "draws values beyond the range that masked values have");

        // Noise is calibrated to the clipped and equally weighted mean.
        Set<Feature> server = EnumSet.of(DP_CENTRAL, DP_DISTRIBUTED);
        refuse(
                server,
                EnumSet.of(ROBUST, NORM_BOUND, FEDNOVA, QFEDAVG),
                "gives a client more influence than the noise"
                        + " is made for: it is made for the equally weighted mean of clipped updates");
        refuse(server, EnumSet.of(FEDBUFF), "weighs by staleness, which the accountant cannot bound");
        refuse(DP_LOCAL, EnumSet.of(FEDBUFF), "asks clients again at their own pace, which no account follows");
        refuse(server, UPLINKS, "can move an update past its clip norm");
        Set<Feature> all = EnumSet.of(DP_LOCAL, DP_CENTRAL, DP_DISTRIBUTED);
        refuse(all, EnumSet.of(SCAFFOLD), "sends control variates, to which no noise is added");
        refuse(
                all,
                EnumSet.of(OWN_AGGREGATION, EXTENDER_AGGREGATE),
                "sees single updates and what scripts leave, which no accountant follows");
        refuse(DP_LOCAL, EnumSet.of(QFEDAVG, FEDNOVA), "needs a metric of a single client, to which no noise is added");

        // Control variates have a plain mean and a step of their own.
        refuse(SCAFFOLD, AGGREGATIONS, "steps in another way than the control variates are made for");
        refuse(SCAFFOLD, UPLINKS, "blurs the control variates, whose sum has to stay exact");

        refuse(FEDBUFF, EnumSet.of(EXTENDER_AGGREGATE), "has no rounds to call an extender for");
        refuse(FEDBUFF, EnumSet.of(TOPK), "counts updates of older models, so that what was left out is never known");
        refuse(
                FEDBUFF,
                EnumSet.of(LOCAL_LAYERS),
                "counts an update after its client has begun the next one, so that what the client keeps is never known");
        refuse(FEDNOVA, EnumSet.of(EXTENDER_AGGREGATE), "hands on normalised updates that an extender would misread");
    }

    private Composition() {}

    /**
     * Two features that exclude each other.
     *
     * @param block name of the job object's field to change
     * @param reason one sentence without its subject, for {@code $.<block>}
     */
    record Conflict(String block, String reason) {}

    /** Why two features do not combine; empty = they do. */
    public static Optional<String> refusal(Feature one, Feature other) {
        return Optional.ofNullable(REFUSED.get(Set.of(one, other)));
    }

    /** All pairs of the job that exclude each other, and what is missing. */
    static List<Conflict> conflicts(JobMethod method, Optional<OptimizerConfig> optimizer) {
        List<Feature> asked = new ArrayList<>();
        for (Feature feature : Feature.values()) {
            if (feature.isAsked(method, optimizer)) {
                asked.add(feature);
            }
        }
        List<Conflict> conflicts = new ArrayList<>();
        REFUSED.forEach((pair, reason) -> {
            if (asked.containsAll(pair)) {
                List<Feature> both = pair.stream().sorted().toList();
                conflicts.add(new Conflict(both.getFirst().block(), sentence(both, reason)));
            }
        });
        if (asked.contains(DP_DISTRIBUTED) && !asked.contains(SSA)) {
            conflicts.add(new Conflict(
                    DP_DISTRIBUTED.block(),
                    "of mode distributed needs secure aggregation: each client adds only a part of the noise; add"
                            + " secure_algorithm of type SSA"));
        }
        if (asked.contains(FEDBUFF) && method.extender().isPresent() && !asked.contains(EXTENDER_AGGREGATE)) {
            conflicts.add(new Conflict(
                    EXTENDER_AGGREGATE.block(),
                    "does not combine with fedbuff: an asynchronous job has no rounds to call an extender for"));
        }
        if (asked.contains(OWN_AGGREGATION)
                && method.extender()
                        .filter(given ->
                                given.aggregate().isPresent() || given.finish().isPresent())
                        .isEmpty()) {
            conflicts.add(
                    new Conflict(
                            OWN_AGGREGATION.block(),
                            "of name extender needs an extender with an aggregate function: its result takes the place of the mean"));
        }
        return conflicts;
    }

    private static String sentence(List<Feature> both, String reason) {
        return "does not combine: " + both.getFirst().title() + " and "
                + both.getLast().title() + " exclude each other, because one of them " + reason;
    }

    private static void refuse(Feature one, Set<Feature> others, String reason) {
        others.forEach(other -> REFUSED.put(Set.of(one, other), reason));
    }

    private static void refuse(Set<Feature> some, Set<Feature> others, String reason) {
        some.forEach(one -> refuse(one, others, reason));
    }
}
