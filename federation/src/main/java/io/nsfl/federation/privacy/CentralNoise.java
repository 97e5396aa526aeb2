package io.nsfl.federation.privacy;

import io.nsfl.federation.aggregate.Aggregate;
import io.nsfl.federation.optimize.AggregateTreatment;
import io.nsfl.federation.state.ServerState;
import io.nsfl.federation.tensor.NamedTensor;
import java.util.List;
import java.util.Optional;

/**
 * DP-FedAvg at the server: the mean of the clipped updates becomes their sum over the expected number of clients, whoever came, and gets
 * Gaussian noise of standard deviation {@code z * S / m}. McMahan, Ramage, Talwar, Zhang: Learning Differentially Private Recurrent
 * Language Models (ICLR 2018), with a fixed divisor; the bound follows a quantile where that is asked for.
 *
 * @param multiplier z, what the account is charged
 * @param bound S of the first round, above 0
 * @param expected m, the configured number of clients, or how many of them are sampled on average; above 0
 * @param adaptive how S moves; empty = not at all
 */
public record CentralNoise(double multiplier, double bound, double expected, Optional<AdaptiveClip> adaptive)
        implements AggregateTreatment {
    /** The finding: by how much clients' updates may be longer than the bound, as an L2 norm, because they were rounded to be masked. */
    public static final String QUANTISATION = "privacy/quantisation";

    private static final String BOUND = "privacy/clip_norm";

    /** Two neighbouring means, each rounded to float32 once: relative to S over m, for each update in them. */
    private static final double MEAN_ROUNDING = 0x1p-23;

    /** A client's element in the fold's fixed point, over S: at least 47 bits are left of 62 for up to 2^8 clients, fewer for more. */
    private static final double FOLD_ROUNDING = 0x1p-53;

    public CentralNoise {
        if (!(multiplier > 0) || !(bound > 0) || !(expected > 0)) {
            throw new IllegalArgumentException(
                    "Cannot add noise of " + multiplier + " for bound " + bound + " and " + expected + " clients");
        }
    }

    /** The bound that this round's updates are clipped to. @param committed before the round */
    public double bound(ServerState committed) {
        return committed.scalar(BOUND, bound);
    }

    @Override
    public void treat(Aggregate aggregate, ServerState state) {
        double bound = bound(state);
        List<NamedTensor> trainable = L2Clip.trainable(aggregate.tensors());
        new FixedDivisor(expected).treat(aggregate, state);
        long elements =
                trainable.stream().mapToLong(tensor -> tensor.spec().elements()).sum();
        double updates = adaptive.map(clip -> clip.updateMultiplier(multiplier)).orElse(multiplier);
        double influence = bound + aggregate.findings().getOrDefault(QUANTISATION, 0.0);
        new GaussianNoise(deviation(updates, influence, aggregate.count(), elements), aggregate.bits()).add(trainable);
        adaptive.ifPresent(clip -> {
            int within = (int) Math.round(aggregate.findings().getOrDefault(ClipCount.WITHIN, 0.0));
            state.set(BOUND, clip.next(bound, aggregate.count(), within, expected, aggregate.bits()));
        });
    }

    /**
     * {@code z * S / m}, and a little more for what rounding can add to the influence of one client: in the fold, of the mean to float32,
     * and to the grid of the noise.
     */
    double deviation(double updates, double bound, int count, long elements) {
        double clients = 2.0 * Math.max(count, expected);
        double root = Math.sqrt(elements);
        double influence = bound / expected * (1 + MEAN_ROUNDING * clients + FOLD_ROUNDING * clients * root);
        // Two vectors, each cut to the grid, whose step is a part of the deviation itself.
        double grid = 2 * updates * GaussianNoise.gridError(1, elements);
        if (grid > 0.5) {
            throw new IllegalArgumentException("Cannot add noise of multiplier " + updates + " to " + elements
                    + " elements: its grid would be too coarse");
        }
        return updates * influence / (1 - grid);
    }
}
