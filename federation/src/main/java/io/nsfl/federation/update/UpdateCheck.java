package io.nsfl.federation.update;

import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Decides whether an update may be folded. Cheap checks first, so that a bad envelope costs no pass over the values:
 * {@link #envelope}, {@link #weight}, {@link #metrics}, {@link #structure}, {@link #values}. Pure; safe for many threads.
 */
public final class UpdateCheck {
    /** Of one tensor: the distance between two updates of a million such tensors can still be squared in float64. */
    static final double LARGEST_SQUARE = 1e300;

    private final UpdateRules rules;

    public UpdateCheck(UpdateRules rules) {
        this.rules = rules;
    }

    /**
     * Whether this work is wanted at all: its round, its client, and whether it was decided before.
     *
     * @param decided whether a result for that work was decided before
     */
    public Verdict envelope(UpdateKey key, Predicate<UpdateKey> decided) {
        int age = rules.round() - key.round();
        if (age < 0 || age > rules.maxStaleness() || age == 0 && key.attempt() != rules.attempt()) {
            return refused(
                    Refusal.STALE,
                    "The update is for round " + key.round() + ", attempt " + key.attempt() + "; now it is round "
                            + rules.round() + ", attempt " + rules.attempt() + ".");
        }
        if (!rules.roster().contains(key.client())) {
            return refused(
                    Refusal.FORBIDDEN, "Client " + key.client() + " was not chosen for round " + key.round() + ".");
        }
        if (decided.test(key)) {
            return refused(
                    Refusal.DUPLICATE,
                    "Another result of client " + key.client() + " for round " + key.round() + " was decided before.");
        }
        return Verdict.ACCEPTED;
    }

    /** Whether these are the round's tensors: names in order, element types, shapes. Kinds are ours and not compared. */
    public Verdict structure(List<TensorSpec> received) {
        return sameTensors(rules.tensors(), received);
    }

    /** The same for any tensors, those of an encoded update for example. */
    public static Verdict sameTensors(List<TensorSpec> expected, List<TensorSpec> received) {
        if (received.size() != expected.size()) {
            return refused(
                    Refusal.SHAPE,
                    "The update has " + received.size() + " tensors instead of " + expected.size() + ".");
        }
        for (int i = 0; i < expected.size(); i++) {
            if (!expected.get(i).sameLayout(received.get(i))) {
                return refused(
                        Refusal.SHAPE,
                        "Tensor " + i + " is " + describe(received.get(i)) + " instead of " + describe(expected.get(i))
                                + ".");
            }
        }
        return Verdict.ACCEPTED;
    }

    /** Whether a reported number of samples can be a weight. */
    public Verdict weight(double samples) {
        if (samples >= 1 && samples <= rules.weightCap() && samples == Math.rint(samples)) {
            return Verdict.ACCEPTED;
        }
        return refused(
                Refusal.BAD_WEIGHT,
                "The update counts " + samples + " samples; it must be a whole number from 1 to " + rules.weightCap()
                        + ".");
    }

    /** Whether every metric is there that the algorithm needs. */
    public Verdict metrics(Map<String, Double> reported) {
        for (MetricRule rule : rules.metrics()) {
            Double value = reported.get(rule.name());
            if (value == null) {
                return refused(
                        Refusal.BAD_METRIC,
                        "The update reports no " + rule.name() + " (" + rule.meaning()
                                + "), which this job's algorithm needs.");
            }
            if (!(value >= rule.least()) || value.isInfinite()) {
                return refused(
                        Refusal.BAD_METRIC,
                        "The update reports " + rule.name() + " " + value + "; it must be a finite number, at least "
                                + rule.least() + ".");
            }
        }
        return Verdict.ACCEPTED;
    }

    /** Whether all values are finite, distances between them too, and their norm is within the bound: one pass over the tensors. */
    public Verdict values(TensorSet update) {
        double squares = 0;
        Set<String> normed = trainable();
        for (NamedTensor tensor : update.tensors()) {
            if (!tensor.spec().dtype().floating()) {
                continue;
            }
            double square = tensor.squaredNorm();
            if (!(square <= LARGEST_SQUARE)) {
                return beyond(tensor, square);
            }
            if (normed.contains(tensor.spec().name())) {
                squares += square;
            }
        }
        return norm(Math.sqrt(squares));
    }

    /** Whether an L2 norm is within the bound. */
    public Verdict norm(double norm) {
        if (norm <= rules.normBound()) {
            return Verdict.ACCEPTED;
        }
        return refused(
                Refusal.NORM, "The update's norm is " + norm + "; at most " + rules.normBound() + " is accepted.");
    }

    private static Verdict beyond(NamedTensor tensor, double square) {
        String name = "Tensor " + tensor.spec().name();
        return tensor.finite()
                ? refused(
                        Refusal.OUT_OF_RANGE,
                        name + " has a norm of " + Math.sqrt(square) + "; at most " + Math.sqrt(LARGEST_SQUARE)
                                + " can be computed with.")
                : refused(Refusal.NON_FINITE, name + " has a value that is not a finite number.");
    }

    private Set<String> trainable() {
        return rules.tensors().stream()
                .filter(spec -> spec.kind() == TensorKind.TRAINABLE)
                .map(TensorSpec::name)
                .collect(Collectors.toUnmodifiableSet());
    }

    private static String describe(TensorSpec spec) {
        return spec.name() + " " + spec.dtype() + spec.shape();
    }

    private static Verdict refused(Refusal refusal, String message) {
        return new Verdict.Refused(refusal, message);
    }
}
