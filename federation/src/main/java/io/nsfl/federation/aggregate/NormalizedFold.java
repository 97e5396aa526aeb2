package io.nsfl.federation.aggregate;

import io.nsfl.federation.tensor.Elements;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSet;
import java.util.TreeMap;

/**
 * FedNova (Wang et al., NeurIPS 2020): clients that made more steps than others do not pull the model their way. Each update is divided by
 * its {@link LocalWork}, the mean of these is multiplied by the mean work:
 *
 * <pre>
 * d_i = update_i / a_i;   tau_eff = sum p_i a_i;   mean = tau_eff * sum p_i d_i
 * </pre>
 *
 * Equal to federated averaging when all clients did the same work. Works on trainable tensors; statistics take the weighted mean.
 *
 * <p>Memory: that of {@link ExactFold}, and a number per client.
 */
public final class NormalizedFold extends WrappedFold<ExactFold> {
    /** The metric that every client must report: the number of its optimizer steps in this round. */
    public static final String STEPS = "local_steps";

    private final LocalWork work;
    private final TreeMap<String, Part> parts = new TreeMap<>();

    private record Part(long weight, double work) {}

    public NormalizedFold(FoldPlan plan, LocalWork work) {
        super(new ExactFold(plan));
        this.work = work;
    }

    @Override
    public FoldOutcome fold(TensorSet update, Contribution contribution) {
        Double steps = contribution.metrics().get(STEPS);
        if (steps == null || !(steps >= 1) || steps.isInfinite()) {
            throw new IllegalArgumentException("Cannot fold an update without its number of steps: " + steps);
        }
        // Rounding may leave a single step's work just below 1.
        double done = Math.max(1, work.of(steps));
        long before = fold.weight();
        FoldOutcome outcome = fold.fold(update, contribution.weight(), 1 / done);
        if (outcome instanceof FoldOutcome.Folded) {
            parts.put(contribution.client(), new Part(fold.weight() - before, done));
        }
        return outcome;
    }

    @Override
    public void mean(TensorSet out) {
        super.mean(out);
        double effective = effectiveWork();
        for (NamedTensor tensor : out.tensors()) {
            if (tensor.spec().kind() == TensorKind.TRAINABLE) {
                multiply(tensor, effective);
            }
        }
    }

    /** In the order of the clients' ids, so that it does not show who came first. */
    private double effectiveWork() {
        double sum = 0;
        for (Part part : parts.values()) {
            sum += part.weight() * part.work();
        }
        return sum / fold.weight();
    }

    private static void multiply(NamedTensor tensor, double factor) {
        double[] block = new double[Elements.BLOCK];
        long elements = tensor.spec().elements();
        for (long from = 0; from < elements; from += Elements.BLOCK) {
            int count = Elements.block(elements, from);
            Elements.read(tensor.spec().dtype(), tensor.data(), from, count, block);
            for (int i = 0; i < count; i++) {
                block[i] *= factor;
            }
            Elements.write(tensor.spec().dtype(), tensor.data(), from, count, block);
        }
    }
}
