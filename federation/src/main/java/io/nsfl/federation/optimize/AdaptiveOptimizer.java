package io.nsfl.federation.optimize;

import io.nsfl.federation.aggregate.Aggregate;
import io.nsfl.federation.state.ServerState;
import io.nsfl.federation.state.Stateful;
import io.nsfl.federation.tensor.Elements;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * FedAdagrad, FedAdam and FedYogi: adaptive server optimizers (Reddi et al., Adaptive Federated Optimization, ICLR 2021, algorithm 2):
 *
 * <pre>
 * m = beta1 * m + (1 - beta1) * mean        zeros before the first round
 * v = as the rule says                      the initial accumulator before the first round
 * model + learningRate * m / (sqrt(v) + tau)
 * </pre>
 *
 * Remembers m (not with a beta1 of 0, where it is the mean itself) and v: one model's size each. Where implementations disagree, the
 * {@link Options} name the choice.
 */
public final class AdaptiveOptimizer implements ServerOptimizer {
    private static final String FIRST = "first_moment";
    private static final String SECOND = "second_moment";
    private static final String STEPS = "optimizer/steps";

    private final AdaptiveRule rule;
    private final double learningRate;
    private final Options options;

    /** Whether the first steps are corrected for moments that began at zero. */
    public enum BiasCorrection {
        /** As in the paper. */
        NONE,
        /**
         * Times {@code sqrt(1 - beta2^t) / (1 - beta1^t)} in step t: as Keras and TensorFlow Federated. For ADAGRAD, whose v is a sum
         * and has no beta2, times {@code 1 / (1 - beta1^t)}.
         */
        STANDARD,
        /** The same with t + 1: as Flower's FedAdam. */
        SHIFTED
    }

    /**
     * @param beta1 from 0 to below 1
     * @param beta2 from 0 to below 1; without meaning for ADAGRAD
     * @param tau degree of adaptivity, above 0
     * @param initialAccumulator v before the first round, at least 0; the paper's theory asks for tau^2 at least
     * @param tauInside {@code sqrt(v + tau)} instead of {@code sqrt(v) + tau}: as TensorFlow Federated's Adagrad
     */
    public record Options(
            double beta1,
            double beta2,
            double tau,
            double initialAccumulator,
            BiasCorrection biasCorrection,
            boolean tauInside) {
        public Options {
            if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1)) {
                throw new IllegalArgumentException("Cannot step with betas " + beta1 + " and " + beta2);
            }
            if (!(tau > 0 && initialAccumulator >= 0) || Double.isInfinite(tau + initialAccumulator)) {
                throw new IllegalArgumentException(
                        "Cannot step with tau " + tau + " and an initial accumulator of " + initialAccumulator);
            }
        }
    }

    /** @param learningRate positive and finite */
    public AdaptiveOptimizer(AdaptiveRule rule, double learningRate, Options options) {
        this.rule = rule;
        this.learningRate = LearningRate.of(learningRate);
        this.options = options;
    }

    @Override
    public List<TensorSpec> stateTensors(List<TensorSpec> model) {
        List<TensorSpec> second = Stateful.beside(SECOND, model);
        return options.beta1() == 0
                ? second
                : Stream.concat(Stateful.beside(FIRST, model).stream(), second.stream())
                        .toList();
    }

    @Override
    public void begin(TensorSet model, ServerState state) {
        double[] block = new double[Elements.BLOCK];
        Arrays.fill(block, options.initialAccumulator());
        model.specs().stream()
                .filter(spec -> spec.kind() == TensorKind.TRAINABLE)
                .map(spec -> state.tensor(SECOND, spec.name()))
                .forEach(second -> {
                    long elements = second.spec().elements();
                    for (long from = 0; from < elements; from += Elements.BLOCK) {
                        int count = Elements.block(elements, from);
                        Elements.write(second.spec().dtype(), second.data(), from, count, block);
                    }
                });
    }

    @Override
    public StepReport step(TensorSet base, Aggregate aggregate, TensorSet out, ServerState state) {
        double steps = state.scalar(STEPS, 0) + 1;
        state.set(STEPS, steps);
        double rate = learningRate * correction(steps);
        double[] m = new double[Elements.BLOCK];
        double[] v = new double[Elements.BLOCK];
        return ModelStep.over(base, aggregate, out, (spec, from, count, values, changes) -> {
            NamedTensor second = state.tensor(SECOND, spec.name());
            Elements.read(second.spec().dtype(), second.data(), from, count, v);
            firstMoment(state, spec, from, count, changes, m);
            for (int i = 0; i < count; i++) {
                v[i] = rule.next(v[i], changes[i] * changes[i], options.beta2());
                values[i] += rate * m[i] / denominator(v[i]);
            }
            Elements.write(second.spec().dtype(), second.data(), from, count, v);
        });
    }

    private void firstMoment(ServerState state, TensorSpec spec, long from, int count, double[] changes, double[] m) {
        double beta1 = options.beta1();
        if (beta1 == 0) {
            System.arraycopy(changes, 0, m, 0, count);
            return;
        }
        NamedTensor first = state.tensor(FIRST, spec.name());
        Elements.read(first.spec().dtype(), first.data(), from, count, m);
        for (int i = 0; i < count; i++) {
            m[i] = beta1 * m[i] + (1 - beta1) * changes[i];
        }
        Elements.write(first.spec().dtype(), first.data(), from, count, m);
    }

    private double denominator(double v) {
        return options.tauInside() ? Math.sqrt(v + options.tau()) : Math.sqrt(v) + options.tau();
    }

    private double correction(double steps) {
        if (options.biasCorrection() == BiasCorrection.NONE) {
            return 1;
        }
        double t = options.biasCorrection() == BiasCorrection.SHIFTED ? steps + 1 : steps;
        // StrictMath: the same bits on every machine that resumes the run.
        double second = rule == AdaptiveRule.ADAGRAD ? 1 : 1 - StrictMath.pow(options.beta2(), t);
        return Math.sqrt(second) / (1 - StrictMath.pow(options.beta1(), t));
    }
}
