package io.nsfl.federation.codec;

import io.nsfl.federation.tensor.Elements;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorSet;

/**
 * Error feedback (Seide et al. 2014; Stich et al. 2018): what an encoding left out of one update is added to the next one,
 * {@code p = update + residual}, {@code residual' = p - decoded(encoded(p))}. The residual belongs to one client and one run and counts
 * only once the update that it is the rest of was counted.
 */
public final class ErrorFeedback {
    private ErrorFeedback() {}

    /** Adds the residual to an update, in place. @param residual a tensor of the same name for each that was encoded */
    public static void add(TensorSet residual, TensorSet update) {
        for (NamedTensor rest : residual.tensors()) {
            NamedTensor tensor = update.get(rest.spec().name());
            combine(tensor, rest, tensor, 1);
        }
    }

    /**
     * Writes what is left: the update minus what the receiver decodes.
     *
     * @param residual writable; its tensors decide which are looked at
     */
    public static void rest(TensorSet update, TensorSet decoded, TensorSet residual) {
        for (NamedTensor rest : residual.tensors()) {
            String name = rest.spec().name();
            combine(update.get(name), decoded.get(name), rest, -1);
        }
    }

    /** {@code out = one + sign * other}. */
    private static void combine(NamedTensor one, NamedTensor other, NamedTensor out, int sign) {
        if (!one.spec().sameLayout(other.spec()) || !one.spec().sameLayout(out.spec())) {
            throw new IllegalArgumentException("Cannot combine " + one.spec() + " with " + other.spec());
        }
        double[] sum = new double[Elements.BLOCK];
        double[] added = new double[Elements.BLOCK];
        long elements = one.spec().elements();
        for (long from = 0; from < elements; from += Elements.BLOCK) {
            int count = Elements.block(elements, from);
            Elements.read(one.spec().dtype(), one.data(), from, count, sum);
            Elements.read(other.spec().dtype(), other.data(), from, count, added);
            for (int i = 0; i < count; i++) {
                sum[i] += sign * added[i];
            }
            Elements.write(out.spec().dtype(), out.data(), from, count, sum);
        }
    }
}
