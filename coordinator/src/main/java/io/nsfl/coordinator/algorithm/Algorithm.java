package io.nsfl.coordinator.algorithm;

import io.nsfl.federation.aggregate.Aggregate;
import io.nsfl.federation.aggregate.FoldPlan;
import io.nsfl.federation.aggregate.RangeEstimate;
import io.nsfl.federation.optimize.AggregateTreatment;
import io.nsfl.federation.optimize.ServerOptimizer;
import io.nsfl.federation.optimize.StepReport;
import io.nsfl.federation.state.ServerState;
import io.nsfl.federation.state.Stateful;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import io.nsfl.federation.update.MetricRule;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * How a job's updates become its next model: fold, treat, step.
 *
 * @param folding combines the updates of a round
 * @param weighting how much each counts
 * @param treatments what is done to the aggregate before the step, in this order
 * @param optimizer makes the new model
 * @param extras what updates carry beside the model's tensors
 * @param metrics what has to be reported with an update
 */
public record Algorithm(
        Folding folding,
        Weighting weighting,
        List<AggregateTreatment> treatments,
        ServerOptimizer optimizer,
        ExtraTensors extras,
        List<MetricRule> metrics) {
    public Algorithm {
        treatments = List.copyOf(treatments);
        metrics = List.copyOf(metrics);
    }

    /**
     * The scales of a round's first attempt.
     *
     * @param weightCap largest number of samples of one client
     */
    public FoldPlan plan(List<TensorSpec> model, RangeEstimate ranges, int rosterSize, long weightCap) {
        return FoldPlan.forRound(model, ranges, rosterSize, weighting.of(weightCap), weighting.bits())
                .with(extras.beside(model), ranges);
    }

    /** The tensors that all parts remember. */
    public List<TensorSpec> stateTensors(List<TensorSpec> model) {
        return parts().flatMap(part -> part.stateTensors(model).stream()).toList();
    }

    /** Whether the clients of a round are sent the memory's tensors beside the model. */
    public boolean showsMemory() {
        return parts().anyMatch(Stateful::forClients);
    }

    /** Fills the memory before the first round. */
    public void begin(TensorSet model, ServerState state) {
        parts().forEach(part -> part.begin(model, state));
    }

    /** Makes the new model and brings the memory up to date. */
    public StepReport step(TensorSet base, Aggregate aggregate, TensorSet out, ServerState state) {
        treatments.forEach(treatment -> treatment.treat(aggregate, state));
        StepReport report = optimizer.step(base, aggregate, out, state);
        return report.with(aggregate.tensors(), extras.beside(base.specs()));
    }

    /** What people are told of a round beside what its clients measured. */
    public Map<String, Double> metrics(ServerState state) {
        Map<String, Double> told = new TreeMap<>();
        treatments.forEach(treatment -> told.putAll(treatment.metrics(state)));
        return told;
    }

    private Stream<Stateful> parts() {
        return Stream.concat(treatments.stream(), Stream.of(optimizer));
    }
}
