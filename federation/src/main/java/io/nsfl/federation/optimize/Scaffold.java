package io.nsfl.federation.optimize;

import io.nsfl.federation.aggregate.Aggregate;
import io.nsfl.federation.control.ControlVariates;
import io.nsfl.federation.state.ServerState;
import io.nsfl.federation.state.Stateful;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import java.util.List;
import java.util.OptionalInt;

/**
 * SCAFFOLD's server (Karimireddy et al., ICML 2020, Algorithm 1): {@code x <- x + eta_g mean(dy)} and {@code c <- c + |S|/N mean(dc)},
 * both means plain. The clients of the next round need c.
 *
 * <p>N is the whole population and not the round's size. Where the job does not give it, N is the number of clients that have been
 * counted in this run so far: c then is the mean over those, and is scaled down when a new one comes.
 */
public final class Scaffold implements ServerOptimizer {
    /** Finding of an aggregate: how many different clients were counted in this run, this round's included. */
    public static final String PARTICIPANTS = "participants";

    private static final String POPULATION = ControlVariates.PART + "/population";

    private final FederatedAveraging averaging;
    private final OptionalInt population;

    /**
     * @param learningRate eta_g
     * @param population N, at least the clients of a round; empty = those that have taken part
     */
    public Scaffold(double learningRate, OptionalInt population) {
        this.averaging = new FederatedAveraging(learningRate);
        this.population = population;
    }

    @Override
    public List<TensorSpec> stateTensors(List<TensorSpec> model) {
        return Stateful.beside(ControlVariates.PART, model);
    }

    @Override
    public boolean forClients() {
        return true;
    }

    @Override
    public StepReport step(TensorSet base, Aggregate aggregate, TensorSet out, ServerState state) {
        double now = population.isPresent() ? population.getAsInt() : participants(aggregate);
        double before = population.isPresent() ? now : state.scalar(POPULATION, now);
        double share = aggregate.count() / Math.max(now, aggregate.count());
        TensorSet c = ControlVariates.named(state.tensors());
        ControlVariates.advance(base.specs(), c, aggregate.tensors(), before / now, share, c);
        state.set(POPULATION, now);
        return averaging.step(base, aggregate, out, state);
    }

    private static double participants(Aggregate aggregate) {
        Double known = aggregate.findings().get(PARTICIPANTS);
        if (known == null || known < aggregate.count()) {
            throw new IllegalArgumentException(
                    "Cannot step: " + aggregate.count() + " updates of " + known + " clients");
        }
        return known;
    }
}
