package io.nsfl.modelformats.kind;

import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.TensorKind;
import java.util.Set;

/** Whole numbers are INTEGER, the running mean and variance of normalisation layers STATISTIC, all others TRAINABLE. */
public final class KindRule {
    private static final Set<String> STATISTICS =
            Set.of("running_mean", "running_var", "moving_mean", "moving_variance");

    private KindRule() {}

    public static TensorKind of(String name, DType dtype) {
        if (!dtype.floating()) {
            return TensorKind.INTEGER;
        }
        return STATISTICS.contains(lastPart(name)) ? TensorKind.STATISTIC : TensorKind.TRAINABLE;
    }

    /** {@code moving_mean} of {@code bn/moving_mean:0}, {@code running_var} of {@code layer1.bn.running_var}. */
    private static String lastPart(String name) {
        int colon = name.lastIndexOf(':');
        String plain = colon > name.lastIndexOf('/') ? name.substring(0, colon) : name;
        return plain.substring(Math.max(plain.lastIndexOf('.'), plain.lastIndexOf('/')) + 1);
    }
}
