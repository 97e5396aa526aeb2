package io.nsfl.sdk;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/**
 * What the job says about the optimizer: the variables OPTIMIZER_NAME and OPTIMIZER_PARAMS.
 *
 * @param name empty = none
 * @param parameters as texts
 */
record JobOptimizer(String name, Map<String, String> parameters) {
    private static final double DEFAULT_MU = 0.6;

    static JobOptimizer current() {
        String name =
                Optional.ofNullable(System.getenv("OPTIMIZER_NAME")).orElse("").toLowerCase(Locale.ROOT);
        return new JobOptimizer(
                name,
                parse(Optional.ofNullable(System.getenv("OPTIMIZER_PARAMS")).orElse("")));
    }

    /** {@code k::v,k::v}. */
    static Map<String, String> parse(String text) {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String pair : text.split(",")) {
            int colons = pair.indexOf("::");
            if (colons > 0) {
                parameters.put(pair.substring(0, colons), pair.substring(colons + 2));
            }
        }
        return parameters;
    }

    JobOptimizer with(Map<String, ?> overriding) {
        Map<String, String> merged = new LinkedHashMap<>(parameters);
        overriding.forEach((key, value) -> merged.put(key, String.valueOf(value)));
        return new JobOptimizer(name, merged);
    }

    /** On a model that holds the round's weights. Empty = the job names none. */
    Optional<FederatedOptimizer> create(Model model, TaskWorkspace workspace) {
        if (name.isEmpty()) {
            return Optional.empty();
        }
        number("learning_rate").ifPresent(rate -> setRate(model, rate));
        double momentum = number("momentum").orElse(0.0);
        return Optional.of(
                switch (name) {
                    case "fedprox" ->
                        FederatedOptimizer.fedProx(model, number("mu").orElse(DEFAULT_MU), momentum);
                    case "scaffold" ->
                        FederatedOptimizer.scaffold(
                                model,
                                ModelWeights.coefficients(workspace.controlCorrection()),
                                number("option").map(Double::intValue).orElse(2),
                                momentum);
                    default ->
                        throw new TaskException("The job asks for optimizer " + name
                                + ", which this SDK does not have (known: fedprox, scaffold)");
                });
    }

    private Optional<Double> number(String key) {
        String given = parameters.get(key);
        if (given == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(Double.valueOf(given));
        } catch (NumberFormatException e) {
            throw new TaskException("The optimizer's " + key + " is no number: " + given, e);
        }
    }

    private static void setRate(Model model, double rate) {
        if (!(rate > 0)) {
            throw new TaskException("learning_rate must be above 0, not " + rate);
        }
        switch (model) {
            case MultiLayerNetwork network -> network.setLearningRate(rate);
            case ComputationGraph graph -> graph.setLearningRate(rate);
            default -> throw new TaskException("createOptimizer takes a MultiLayerNetwork or a ComputationGraph");
        }
    }
}
