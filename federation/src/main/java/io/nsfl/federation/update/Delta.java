package io.nsfl.federation.update;

import io.nsfl.federation.tensor.Elements;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import java.util.List;

/**
 * What a client sends: the change of trainable and statistic tensors, the trained value of integer tensors, nothing of local ones.
 * The change is computed in float64 and rounded once to the tensor's type.
 */
public final class Delta {
    private Delta() {}

    /** The tensors of an update to a model of these tensors, in the model's order. */
    public static List<TensorSpec> specs(List<TensorSpec> model) {
        return model.stream().filter(spec -> spec.kind() != TensorKind.LOCAL).toList();
    }

    /**
     * Writes the update. Block by block: needs no memory of the model's size.
     *
     * @param base the broadcast model; its kinds decide
     * @param trained the same tensors by name after training
     * @param out {@link #specs} of the base's tensors
     */
    public static void write(TensorSet base, TensorSet trained, TensorSet out) {
        for (NamedTensor before : base.tensors()) {
            String name = before.spec().name();
            switch (before.spec().kind()) {
                case TRAINABLE, STATISTIC -> subtract(aligned(trained, before), before, out.get(name));
                case INTEGER ->
                    out.get(name).data().copyFrom(aligned(trained, before).data());
                case LOCAL -> {}
            }
        }
    }

    private static NamedTensor aligned(TensorSet trained, NamedTensor base) {
        NamedTensor after = trained.get(base.spec().name());
        if (!after.spec().sameLayout(base.spec())) {
            throw new IllegalArgumentException("Cannot compare " + after.spec() + " with " + base.spec());
        }
        return after;
    }

    private static void subtract(NamedTensor after, NamedTensor before, NamedTensor out) {
        double[] values = new double[Elements.BLOCK];
        double[] minus = new double[Elements.BLOCK];
        long elements = before.spec().elements();
        for (long from = 0; from < elements; from += Elements.BLOCK) {
            int count = Elements.block(elements, from);
            Elements.read(after.spec().dtype(), after.data(), from, count, values);
            Elements.read(before.spec().dtype(), before.data(), from, count, minus);
            for (int i = 0; i < count; i++) {
                values[i] -= minus[i];
            }
            Elements.write(out.spec().dtype(), out.data(), from, count, values);
        }
    }
}
