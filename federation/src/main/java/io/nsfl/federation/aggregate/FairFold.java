package io.nsfl.federation.aggregate;

import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorSet;
import java.nio.file.Path;
import java.util.List;

/**
 * q-FedAvg (Li et al., Fair Resource Allocation in Federated Learning, ICLR 2020): clients that the model serves badly count more. With
 * F_k the loss of the start model on client k's data, and L one over the clients' learning rate:
 *
 * <pre>
 * D_k = F_k^q L update_k;   h_k = q F_k^(q-1) |L update_k|^2 + L F_k^q;   mean = sum D_k / sum h_k
 * </pre>
 *
 * With q = 0 the unweighted mean. Numbers of samples do not count. Works on trainable tensors; statistics take the plain mean.
 *
 * <p>Memory: a block of columns; the updates are on disk.
 */
public final class FairFold implements Aggregator {
    /** The metric that every client must report: the loss of the start model on its data, before it trains. */
    public static final String LOSS = "loss_before";

    /** Losses below count as this one: a power of zero would have no size. */
    private static final double LEAST_LOSS = 1e-10;

    private final double q;
    private final double lipschitz;
    private final KeptUpdates kept;

    /**
     * @param q how much the losses count, at least 0
     * @param learningRate of the clients, above 0
     * @param scratch on local disk
     */
    public FairFold(FoldPlan plan, double q, double learningRate, Path scratch) {
        if (!(q >= 0 && learningRate > 0) || Double.isInfinite(q) || Double.isInfinite(learningRate)) {
            throw new IllegalArgumentException("Cannot be fair with q " + q + " and learning rate " + learningRate);
        }
        this.q = q;
        this.lipschitz = 1 / learningRate;
        this.kept = new KeptUpdates(scratch, plan.updateSpecs(), plan.rosterSize());
    }

    @Override
    public FoldOutcome fold(TensorSet update, Contribution contribution) {
        Double loss = contribution.metrics().get(LOSS);
        if (loss == null || !(loss >= 0) || loss.isInfinite()) {
            throw new IllegalArgumentException("Cannot fold an update without its loss before: " + loss);
        }
        kept.add(update, contribution);
        return new FoldOutcome.Folded();
    }

    @Override
    public int count() {
        return kept.count();
    }

    @Override
    public long weight() {
        return kept.weight();
    }

    @Override
    public void mean(TensorSet out) {
        List<KeptUpdates.Kept> updates = kept.inOrder();
        if (updates.isEmpty()) {
            throw new IllegalStateException("Cannot take the mean: no update was folded");
        }
        double[] factors = factors(updates);
        for (NamedTensor tensor : out.tensors()) {
            switch (tensor.spec().kind()) {
                case TRAINABLE -> UpdateRows.combine(updates, tensor, UpdateRows.weighted(factors, 1));
                case STATISTIC -> UpdateRows.combine(updates, tensor, UpdateRows.mean(updates.size()));
                case INTEGER -> IntegerTensors.largest(updates, tensor);
                case LOCAL -> {}
            }
        }
    }

    @Override
    public void close() {
        kept.close();
    }

    /** What each update is multiplied by: {@code L F_k^q / sum h}, both over the largest loss to q, so that no loss is too large. */
    private double[] factors(List<KeptUpdates.Kept> updates) {
        double[] factors = new double[updates.size()];
        double largest = updates.stream().mapToDouble(FairFold::loss).max().orElseThrow();
        double sum = 0;
        for (int k = 0; k < factors.length; k++) {
            KeptUpdates.Kept update = updates.get(k);
            double loss = loss(update);
            double power = StrictMath.pow(loss / largest, q);
            double square = lipschitz * lipschitz * UpdateNorm.squared(update.tensors());
            sum += q * power / loss * square + lipschitz * power;
            factors[k] = lipschitz * power;
        }
        for (int k = 0; k < factors.length; k++) {
            factors[k] /= sum;
        }
        return factors;
    }

    private static double loss(KeptUpdates.Kept update) {
        return Math.max(update.contribution().metrics().get(LOSS), LEAST_LOSS);
    }
}
