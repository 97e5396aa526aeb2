package io.nsfl.protocol.job;

import io.nsfl.protocol.job.AggregationMethod.Adaptive;
import io.nsfl.protocol.job.AggregationMethod.Bulyan;
import io.nsfl.protocol.job.AggregationMethod.FedAvg;
import io.nsfl.protocol.job.AggregationMethod.FedAvgM;
import io.nsfl.protocol.job.AggregationMethod.FedNova;
import io.nsfl.protocol.job.AggregationMethod.GeometricMedian;
import io.nsfl.protocol.job.AggregationMethod.Krum;
import io.nsfl.protocol.job.AggregationMethod.Median;
import io.nsfl.protocol.job.AggregationMethod.MultiKrum;
import io.nsfl.protocol.job.AggregationMethod.NormBound;
import io.nsfl.protocol.job.AggregationMethod.QFedAvg;
import io.nsfl.protocol.job.AggregationMethod.TrimmedMean;
import io.nsfl.protocol.job.AggregationMethod.Weighting;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads an {@code aggregation}. A parameter that the method does not have is a violation, not a warning: it would change nothing, and
 * nobody would notice. A robust rule needs enough clients in every round, and a round may close with {@code threshold_client_num}.
 */
final class AggregationReader {
    /** What the SDK's fedprox takes where the job names no mu. */
    private static final double FEDPROX_MU = 0.6;

    private final JsonFields job;
    private final JsonFields block;
    private final JsonFields params;
    private final HyperParameters hyper;

    private AggregationReader(JsonFields job, HyperParameters hyper) {
        this.job = job;
        this.block = job.fields("aggregation");
        this.params = block.fields("params");
        this.hyper = hyper;
    }

    static Optional<AggregationConfig> read(JsonFields job, HyperParameters hyper) {
        return job.object("aggregation").isEmpty() ? Optional.empty() : new AggregationReader(job, hyper).read();
    }

    private Optional<AggregationConfig> read() {
        block.warnOfMisspelt(Set.of("name", "params"));
        String names = String.join(", ", AggregationConfig.NAMES);
        String name = block.requiredString("name", "one of " + names)
                .orElse("")
                .strip()
                .toLowerCase(Locale.ROOT)
                .replace('-', '_');
        ObjectNode given = block.scalars("params");
        if (!name.isEmpty() && !AggregationConfig.NAMES.contains(name)) {
            block.violation("name", "must be one of " + names);
        }
        return AggregationConfig.NAMES.contains(name)
                ? Optional.of(new AggregationConfig(name, given, method(name)))
                : Optional.empty();
    }

    private Optional<AggregationMethod> method(String name) {
        return switch (name) {
            case "fedavg" -> {
                known(name, "weighting");
                yield Optional.of(new FedAvg(weighting()));
            }
            case "fedavgm" -> {
                known(name, "momentum", "weighting");
                yield Optional.of(new FedAvgM(params.belowOne("momentum", 0.9), weighting()));
            }
            case "fedadam" -> Optional.of(adaptive(name, Adaptive.Rule.ADAM, 0.9));
            case "fedyogi" -> Optional.of(adaptive(name, Adaptive.Rule.YOGI, 0.9));
            case "fedadagrad" -> Optional.of(adaptive(name, Adaptive.Rule.ADAGRAD, 0));
            case "fednova" -> Optional.of(fedNova(name));
            case "qfedavg" -> {
                known(name, "q", "client_learning_rate");
                requireParam("client_learning_rate", "the learning rate of the scripts");
                yield Optional.of(
                        new QFedAvg(params.decimal("q", 1, true), params.decimal("client_learning_rate", 1, false)));
            }
            case "median" -> {
                known(name, "f");
                yield Optional.of(new Median(malicious(name, 2, 1)));
            }
            case "trimmed_mean" -> Optional.of(trimmedMean(name));
            case "krum" -> {
                known(name, "f");
                yield Optional.of(new Krum(malicious(name, 2, 3)));
            }
            case "multi_krum" -> Optional.of(multiKrum(name));
            case "bulyan" -> {
                known(name, "f");
                yield Optional.of(new Bulyan(malicious(name, 4, 3)));
            }
            case "geometric_median" -> {
                known(name, "f", "passes", "smoothing");
                yield Optional.of(new GeometricMedian(
                        malicious(name, 2, 1), params.count("passes", 5, 2), params.decimal("smoothing", 1e-6, false)));
            }
            case "norm_bound" -> {
                known(name, "norm_bound");
                requireParam("norm_bound", "the largest L2 norm of an update");
                yield Optional.of(new NormBound(params.decimal("norm_bound", 1, false)));
            }
            case BufferedAggregation.NAME -> {
                BufferedAggregation.read(params);
                yield Optional.empty();
            }
            // Read by the part that carries it out.
            default -> Optional.empty();
        };
    }

    private AggregationMethod adaptive(String name, Adaptive.Rule rule, double beta1) {
        if (rule == Adaptive.Rule.ADAGRAD) {
            known(name, "beta1", "tau", "initial_accumulator", "bias_correction", "tau_inside", "weighting");
        } else {
            known(name, "beta1", "beta2", "tau", "initial_accumulator", "bias_correction", "tau_inside", "weighting");
        }
        double tau = params.decimal("tau", 1e-3, false);
        if (hyper.learningRate() >= 1) {
            job.fields("hyper_parameters")
                    .warning(
                            "learning_rate",
                            "of " + hyper.learningRate() + " lets " + name + " move each weight by about as much in"
                                    + " every round; published runs use 0.001 to 0.1");
        }
        return new Adaptive(
                rule,
                params.belowOne("beta1", beta1),
                params.belowOne("beta2", 0.99),
                tau,
                params.decimal("initial_accumulator", tau * tau, true),
                word("bias_correction", Adaptive.BiasCorrection.class, Adaptive.BiasCorrection.NONE),
                params.bool("tau_inside", false),
                weighting());
    }

    private AggregationMethod fedNova(String name) {
        known(name, "momentum", "mu", "client_learning_rate");
        double momentum = params.belowOne("momentum", clientMomentum());
        double mu = params.decimal("mu", clientMu(), true);
        if (clientMomentum() > 0 && momentum != clientMomentum()) {
            params.violation(
                    "momentum",
                    "must be that of the optimizer fedprox, which is " + clientMomentum() + ", or left out");
        }
        if (clientMu() > 0 && mu != clientMu()) {
            params.violation("mu", "must be that of the optimizer fedprox, which is " + clientMu() + ", or left out");
        }
        OptionalDouble rate = params.has("client_learning_rate")
                ? OptionalDouble.of(params.decimal("client_learning_rate", 1, false))
                : OptionalDouble.empty();
        if (mu > 0 && momentum > 0) {
            params.violation(
                    "mu",
                    "and momentum exclude each other, also where the optimizer fedprox has them: each is another way to"
                            + " count local steps. Set one of them to 0");
        }
        if (mu > 0 && rate.isEmpty()) {
            requireParam(
                    "client_learning_rate", "the learning rate of the scripts, without which mu cannot be counted");
        }
        if (mu > 0 && mu * rate.orElse(0) >= 1) {
            params.violation("mu", "times client_learning_rate must be below 1");
        }
        return new FedNova(momentum, mu, rate);
    }

    /** Of the proximal steps that the job's own optimizer makes at the clients; 0 = it makes none. */
    private double clientMu() {
        return fedProx().map(prox -> prox.path("mu").asDouble(FEDPROX_MU)).orElse(0.0);
    }

    private double clientMomentum() {
        return fedProx().map(prox -> prox.path("momentum").asDouble(0)).orElse(0.0);
    }

    /** The parameters of the job's own optimizer, if it makes proximal steps. */
    private Optional<JsonNode> fedProx() {
        return job.raw("optimizer") instanceof ObjectNode optimizer
                        && optimizer.path("name").asString("").strip().equalsIgnoreCase("fedprox")
                ? Optional.of(optimizer.path("params"))
                : Optional.empty();
    }

    private AggregationMethod trimmedMean(String name) {
        known(name, "f", "trim", "fraction");
        if (!params.has("fraction")) {
            int f = params.count("f", 1, 1);
            int trim = params.count("trim", f, 1);
            if (trim < f) {
                params.violation("trim", "must be at least f, which is " + f + ": or a malicious value stays in");
            }
            needs(2L * trim + 1, name + " with trim " + trim + " needs 2 trim + 1");
            return new TrimmedMean(f, trim, OptionalDouble.empty());
        }
        int f = malicious(name, 2, 1);
        if (params.has("trim")) {
            params.violation("fraction", "and trim exclude each other: give one of them");
        }
        double fraction = params.decimal("fraction", 0.1, false);
        if (fraction >= 0.5) {
            params.violation("fraction", "must be below 0.5: or nothing is left");
        } else if (Math.floor(fraction * hyper.thresholdClientNum()) < f) {
            params.violation(
                    "fraction",
                    "of threshold_client_num, which is " + hyper.thresholdClientNum() + ", rounds down to "
                            + (int) Math.floor(fraction * hyper.thresholdClientNum())
                            + " and must be at least f, which is "
                            + f);
        }
        return new TrimmedMean(f, f, OptionalDouble.of(fraction));
    }

    private AggregationMethod multiKrum(String name) {
        known(name, "f", "m");
        int f = malicious(name, 2, 3);
        if (!params.has("m")) {
            return new MultiKrum(f, OptionalInt.empty());
        }
        int m = params.count("m", 1, 1);
        int least = hyper.thresholdClientNum();
        if (m > least - f) {
            params.violation(
                    "m",
                    "must be at most threshold_client_num minus f, which is " + (least - f)
                            + ": or a malicious update is among them");
        } else if (m >= least - 2 * f - 2) {
            params.warning(
                    "m", "is proven to be safe below threshold_client_num - 2 f - 2, which is " + (least - 2 * f - 2));
        }
        return new MultiKrum(f, OptionalInt.of(m));
    }

    /** The number of malicious clients to bear; the rule needs {@code factor * f + more} updates. */
    private int malicious(String name, int factor, int more) {
        int f = params.count("f", 1, 1);
        needs((long) factor * f + more, name + " with f = " + f + " needs " + factor + "f + " + more);
        return f;
    }

    private void needs(long updates, String why) {
        JsonFields numbers = job.fields("hyper_parameters");
        if (hyper.clientNum() < updates) {
            numbers.violation("client_num", "must be at least " + updates + ": " + why + " updates");
        }
        if (hyper.thresholdClientNum() < updates) {
            numbers.violation(
                    "threshold_client_num",
                    "must be at least " + updates + ": " + why + " updates, and a round may close with no more than"
                            + " threshold_client_num");
        }
    }

    private Weighting weighting() {
        return word("weighting", Weighting.class, Weighting.SAMPLES);
    }

    private <E extends Enum<E>> E word(String name, Class<E> words, E absent) {
        List<E> all = Arrays.asList(words.getEnumConstants());
        String given = params.string(name).orElse("").strip().toUpperCase(Locale.ROOT);
        Optional<E> found =
                all.stream().filter(word -> word.name().equals(given)).findFirst();
        if (!given.isEmpty() && found.isEmpty()) {
            params.violation(
                    name,
                    "must be "
                            + all.stream()
                                    .map(word -> word.name().toLowerCase(Locale.ROOT))
                                    .collect(Collectors.joining(" or ")));
        }
        return found.orElse(absent);
    }

    private void requireParam(String name, String meaning) {
        if (!params.has(name)) {
            params.violation(name, "must be given: " + meaning);
        }
    }

    private void known(String name, String... names) {
        Set<String> all = Set.of(names);
        block.object("params")
                .ifPresent(given -> given.propertyNames().stream()
                        .filter(key -> !all.contains(key))
                        .forEach(key -> params.violation(
                                key, "is no parameter of " + name + ", which takes " + String.join(", ", names))));
    }
}
