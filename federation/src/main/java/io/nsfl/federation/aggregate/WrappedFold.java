package io.nsfl.federation.aggregate;

import io.nsfl.federation.tensor.TensorSet;
import java.util.Map;

/** A fold that does something to updates or to their mean and leaves the rest to another one, which is its own to close. */
public abstract class WrappedFold<F extends Aggregator> implements Aggregator {
    protected final F fold;

    protected WrappedFold(F fold) {
        this.fold = fold;
    }

    @Override
    public int count() {
        return fold.count();
    }

    @Override
    public long weight() {
        return fold.weight();
    }

    @Override
    public void mean(TensorSet out) {
        fold.mean(out);
    }

    @Override
    public Map<String, Double> findings() {
        return fold.findings();
    }

    @Override
    public void close() {
        fold.close();
    }
}
