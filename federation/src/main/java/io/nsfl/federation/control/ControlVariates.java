package io.nsfl.federation.control;

import io.nsfl.federation.aggregate.FoldPlan;
import io.nsfl.federation.state.Stateful;
import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.Elements;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * SCAFFOLD (Karimireddy et al., "SCAFFOLD: Stochastic Controlled Averaging for Federated Learning", ICML 2020, Algorithm 1): the
 * formulas beside the local steps, which are the script's own.
 *
 * <p>A client steps by {@code y <- y - eta (g(y) - c_i + c)}. Afterwards its control variate becomes
 * {@code c_i+ = c_i - c + (x - y) / (K eta)} (option II) or the gradient at the round's model, {@code g(x)} (option I); it sends
 * {@code dc = c_i+ - c_i}. The server moves {@code c <- c + |S|/N mean(dc)}, the mean being plain: so c stays the mean of all N clients'
 * c_i. Only trainable tensors have control variates. A client or server without one has zeros.
 *
 * <p>Block by block in float64, rounded once to the tensor's type.
 */
public final class ControlVariates {
    /** Of the names of {@code dc} among the tensors of an update. */
    public static final String PREFIX = FoldPlan.EXTRA_PREFIX + "delta_c/";

    /** Of the names of {@code c} in the server's memory. */
    public static final String PART = "control_variate";

    private ControlVariates() {}

    /** The control variates of a model of these tensors: its trainable ones, 16-bit ones as F32 because they add up over rounds. */
    public static List<TensorSpec> specs(List<TensorSpec> model) {
        return model.stream()
                .filter(spec -> spec.kind() == TensorKind.TRAINABLE)
                .map(spec -> spec.dtype() == DType.F64 ? spec : spec.as(DType.F32))
                .toList();
    }

    /** The server's as {@link Stateful#beside} names them, under the names of the model's tensors. */
    public static TensorSet named(TensorSet kept) {
        return new TensorSet(kept.tensors().stream()
                .filter(tensor -> tensor.spec().name().startsWith(PART + "/"))
                .map(tensor -> new NamedTensor(
                        renamed(tensor.spec(), tensor.spec().name().substring(PART.length() + 1)), tensor.data()))
                .toList());
    }

    /** The same as they travel in an update: each client counts once. */
    public static List<TensorSpec> deltaSpecs(List<TensorSpec> model) {
        return specs(model).stream()
                .map(spec -> new TensorSpec(PREFIX + spec.name(), spec.dtype(), spec.shape(), TensorKind.STATISTIC))
                .toList();
    }

    private static TensorSpec renamed(TensorSpec spec, String name) {
        return new TensorSpec(name, spec.dtype(), spec.shape(), spec.kind());
    }

    /** What a client adds to each of its gradients: {@code c - c_i}. @param out of {@link #specs}' names; others are left alone */
    public static void correction(
            List<TensorSpec> model, Optional<TensorSet> global, Optional<TensorSet> own, TensorSet out) {
        for (TensorSpec spec : specs(model)) {
            combine(in(global, spec), in(own, spec), Optional.empty(), out.get(spec.name()), (c, ci, _) -> c - ci);
        }
    }

    /**
     * Option II: {@code dc = (x - y) / (K eta) - c}.
     *
     * @param stepLength {@code K eta}, or the sum of the steps' learning rates where they differ; 0 = no step was taken and c_i stays
     * @param delta {@link #deltaSpecs}
     */
    public static void byPath(
            List<TensorSpec> model,
            TensorSet base,
            TensorSet trained,
            double stepLength,
            Optional<TensorSet> global,
            TensorSet delta) {
        if (!(stepLength >= 0) || Double.isInfinite(stepLength)) {
            throw new IllegalArgumentException("Cannot divide a client's path by " + stepLength);
        }
        for (TensorSpec spec : specs(model)) {
            combine(
                    base.find(spec.name()),
                    trained.find(spec.name()),
                    in(global, spec),
                    delta.get(PREFIX + spec.name()),
                    (x, y, c) -> stepLength == 0 ? 0 : (x - y) / stepLength - c);
        }
    }

    /** Option I: {@code dc = g(x) - c_i}. @param delta {@link #deltaSpecs} */
    public static void byGradient(
            List<TensorSpec> model, TensorSet gradient, Optional<TensorSet> own, TensorSet delta) {
        for (TensorSpec spec : specs(model)) {
            combine(
                    gradient.find(spec.name()),
                    in(own, spec),
                    Optional.empty(),
                    delta.get(PREFIX + spec.name()),
                    (g, ci, _) -> g - ci);
        }
    }

    /** The client's next control variate, {@code c_i + dc} with dc as it is sent: what the server adds up is what the clients hold. */
    public static void renew(List<TensorSpec> model, Optional<TensorSet> own, TensorSet delta, TensorSet next) {
        for (TensorSpec spec : specs(model)) {
            combine(
                    in(own, spec),
                    delta.find(PREFIX + spec.name()),
                    Optional.empty(),
                    next.get(spec.name()),
                    (ci, dc, _) -> ci + dc);
        }
    }

    /**
     * The server's next control variate, {@code keep * c + share * mean(dc)}.
     *
     * @param keep 1 for a population that is known; N before by N now where N is how many clients have taken part so far
     * @param meanDelta the plain mean of the included clients' {@link #deltaSpecs}
     * @param share |S| / N: included clients by the whole population
     */
    public static void advance(
            List<TensorSpec> model, TensorSet global, TensorSet meanDelta, double keep, double share, TensorSet next) {
        if (!(share > 0 && share <= 1 && keep >= 0 && keep <= 1)) {
            throw new IllegalArgumentException(
                    "Cannot keep " + keep + " of the control variate and move it by " + share);
        }
        for (TensorSpec spec : specs(model)) {
            combine(
                    global.find(spec.name()),
                    meanDelta.find(PREFIX + spec.name()),
                    Optional.empty(),
                    next.get(spec.name()),
                    (c, dc, _) -> keep * c + share * dc);
        }
    }

    private interface Rule {
        double of(double first, double second, double third);
    }

    private static Optional<NamedTensor> in(Optional<TensorSet> set, TensorSpec spec) {
        return set.flatMap(tensors -> tensors.find(spec.name()));
    }

    private static void combine(
            Optional<NamedTensor> first,
            Optional<NamedTensor> second,
            Optional<NamedTensor> third,
            NamedTensor out,
            Rule rule) {
        double[] a = new double[Elements.BLOCK];
        double[] b = new double[Elements.BLOCK];
        double[] c = new double[Elements.BLOCK];
        long elements = out.spec().elements();
        requireShape(first, out);
        requireShape(second, out);
        requireShape(third, out);
        for (long from = 0; from < elements; from += Elements.BLOCK) {
            int count = Elements.block(elements, from);
            read(first, from, count, a);
            read(second, from, count, b);
            read(third, from, count, c);
            for (int i = 0; i < count; i++) {
                a[i] = rule.of(a[i], b[i], c[i]);
            }
            Elements.write(out.spec().dtype(), out.data(), from, count, a);
        }
    }

    /** An absent tensor is zeros. */
    private static void read(Optional<NamedTensor> tensor, long from, int count, double[] into) {
        if (tensor.isPresent()) {
            Elements.read(tensor.get().spec().dtype(), tensor.get().data(), from, count, into);
        } else {
            Arrays.fill(into, 0, count, 0);
        }
    }

    private static void requireShape(Optional<NamedTensor> tensor, NamedTensor out) {
        if (tensor.isPresent() && !tensor.get().spec().shape().equals(out.spec().shape())) {
            throw new IllegalArgumentException("Cannot combine " + tensor.get().spec() + " with " + out.spec());
        }
    }
}
