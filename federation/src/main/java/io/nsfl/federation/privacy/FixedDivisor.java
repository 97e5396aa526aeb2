package io.nsfl.federation.privacy;

import io.nsfl.federation.aggregate.Aggregate;
import io.nsfl.federation.optimize.AggregateTreatment;
import io.nsfl.federation.state.ServerState;
import io.nsfl.federation.tensor.Elements;
import io.nsfl.federation.tensor.NamedTensor;

/**
 * Makes of the mean of those that came their sum over the expected number of clients: how many came would otherwise change what one client
 * can change.
 *
 * @param expected m, the configured number of clients, or how many of them are sampled on average; above 0
 */
public record FixedDivisor(double expected) implements AggregateTreatment {
    public FixedDivisor {
        if (!(expected > 0)) {
            throw new IllegalArgumentException("Cannot divide by " + expected + " clients");
        }
    }

    @Override
    public void treat(Aggregate aggregate, ServerState state) {
        double share = aggregate.count() / expected;
        L2Clip.trainable(aggregate.tensors()).forEach(tensor -> scale(tensor, share));
    }

    private static void scale(NamedTensor tensor, double factor) {
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
