package io.nsfl.sdk;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.IntSupplier;
import org.deeplearning4j.nn.api.Model;

/**
 * What a training or evaluation script of a federated job calls. All functions work on the task's workspace, the directory that
 * the environment variable TASK_WORKSPACE names.
 *
 * <p>A training script loads the round's weights, trains on the client's own data, and commits weights and metrics:
 *
 * <pre>{@code
 * MultiLayerNetwork model = ...;                  // the same architecture as the job's model file
 * Nsfl.loadWeights(model);
 * model.fit(read(Nsfl.getDatasetPath("mnist")));
 * Nsfl.commitWeights(model);
 * Nsfl.commitMetrics(Map.of("sample_num", 60_000, "loss", model.score()));
 * }</pre>
 *
 * <p>Where a task runs on several workers, only worker 0 (the chief) commits; the calls of the others have no effect.
 */
public final class Nsfl {
    /** A JVM runs one script. */
    private static FederatedOptimizer created;

    private static IntSupplier steps;

    private Nsfl() {}

    /**
     * Loads the round's weights ({@code init_weights.zip}) into the model in place, batch normalisation's statistics included.
     *
     * @param model a MultiLayerNetwork or ComputationGraph, initialised
     * @throws TaskException the task has no weights for DL4J, or the model's parameters are not as many as the job's
     */
    public static void loadWeights(Model model) {
        ModelWeights.load(TaskWorkspace.current().initialWeights(), model);
    }

    /**
     * Commits the trained model as {@code trained_model.zip}. Commit the whole weights: the change against the round's weights is
     * computed by the platform. Replaces an earlier commit.
     *
     * <p>Where {@link #createOptimizer} made an optimizer, how it stepped is committed too. The model stays as it is.
     *
     * @param model a MultiLayerNetwork or ComputationGraph
     */
    public static void commitWeights(Model model) {
        commitWeights(model, created);
    }

    /** The same with the optimizer named. @param optimizer may be null */
    public static void commitWeights(Model model, FederatedOptimizer optimizer) {
        TaskWorkspace workspace = TaskWorkspace.current();
        if (workspace.chief()) {
            ModelWeights.save(model, workspace.trainedModel());
            if (optimizer != null) {
                optimizer.report(workspace);
            }
        }
    }

    /**
     * The optimizer that the job names, attached to the model as a listener; empty where the job names none. To be called after
     * {@link #loadWeights}. The network has to be configured with {@code updater(new Sgd(rate))}; the job's {@code learning_rate}, where
     * it has one, replaces the rate.
     *
     * <p>{@code fedprox}: mu (0.6). {@code scaffold}: option (2; for 1 see {@link FederatedOptimizer#keepGradient}).
     */
    public static Optional<FederatedOptimizer> createOptimizer(Model model) {
        return createOptimizer(model, Map.of());
    }

    /** The same with parameters that overrule the job's. @param parameters learning_rate, mu, option */
    public static Optional<FederatedOptimizer> createOptimizer(Model model, Map<String, ?> parameters) {
        Optional<FederatedOptimizer> optimizer =
                JobOptimizer.current().with(parameters).create(model, TaskWorkspace.current());
        optimizer.ifPresent(made -> {
            created = made;
            steps = made::localSteps;
        });
        return optimizer;
    }

    /** Has the steps of a model counted from now on; reported as the metric {@code local_steps}. {@link #createOptimizer} does it too. */
    public static void countLocalSteps(Model model) {
        StepCounter counter = new StepCounter();
        model.addListeners(counter);
        steps = counter::steps;
    }

    /**
     * Commits the task's metrics as {@code metrics.json}, replacing earlier ones.
     *
     * @param metrics {@code sample_num} is the weight of this client's update (1 if missing); {@code loss} and {@code accuracy} are
     *     merged over the clients by it; {@code local_steps} is what FedNova weighs by and is added where the steps were counted;
     *     {@code loss_before} is the loss over this client's data at the round's model, which q-FedAvg weighs by; other keys are written
     *     too
     */
    public static void commitMetrics(Map<String, ? extends Number> metrics) {
        TaskWorkspace workspace = TaskWorkspace.current();
        if (workspace.chief()) {
            Map<String, Number> written = new LinkedHashMap<>(metrics);
            if (steps != null) {
                written.putIfAbsent("local_steps", steps.getAsInt());
            }
            TaskJson.write(workspace.metrics(), written);
        }
    }

    /**
     * Path of a dataset at this client.
     *
     * @param name key in the client's datasets.json
     * @throws TaskException the client has no dataset of that name
     */
    public static Path getDatasetPath(String name) {
        return Datasets.current().path(name);
    }

    /** Seed of this (round, client), 0 to 2^32-1; empty where the job has none. */
    public static OptionalLong seed() {
        String seed = System.getenv("NSFL_SEED");
        return seed == null || seed.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(seed));
    }

    /** One parameter that the job's broadcast extender sent: a String, Number, Boolean, List or Map. */
    public static Optional<Object> getParameter(String key) {
        return Optional.ofNullable(getParameters().get(key));
    }

    /** All parameters that the job's broadcast extender sent; empty if none. */
    public static Map<String, Object> getParameters() {
        return TaskJson.read(TaskWorkspace.current().preparedParameters());
    }

    /** Adds one parameter for the job's aggregate extender, or replaces it. */
    public static void putParameter(String key, Object value) {
        Path file = TaskWorkspace.current().resultParameters();
        Map<String, Object> parameters = TaskJson.read(file);
        parameters.put(key, value);
        TaskJson.write(file, parameters);
    }

    /** Replaces all parameters for the job's aggregate extender. */
    public static void putParameters(Map<String, ?> parameters) {
        TaskJson.write(TaskWorkspace.current().resultParameters(), parameters);
    }

    /**
     * Bytes of a file that the job's broadcast extender sent.
     *
     * @throws TaskException there is no such file, or its name leads out of the task
     */
    public static byte[] getFile(String name) {
        return TaskWorkspace.current().readPrepared(name);
    }

    /**
     * A file that the job's broadcast extender sent, read by the script's own function.
     *
     * @param deserialize gets the file's path
     */
    public static <T> T getFile(String name, Deserializer<T> deserialize) throws IOException {
        return deserialize.read(TaskWorkspace.current().prepared(name));
    }

    /** Writes a file for the job's aggregate extender, replacing one of the same name. */
    public static void putFile(String name, byte[] content) {
        try {
            putFile(name, content, (out, bytes) -> out.write(bytes));
        } catch (IOException e) {
            throw new TaskException("Cannot write the result file " + name + ": " + e.getMessage(), e);
        }
    }

    /**
     * Writes a file for the job's aggregate extender by the script's own function.
     *
     * @param serialize gets the open file and the content
     */
    public static <T> void putFile(String name, T content, Serializer<T> serialize) throws IOException {
        try (OutputStream out = TaskWorkspace.current().openResult(name)) {
            serialize.write(out, content);
        }
    }

    /** Reads a value from a file. */
    @FunctionalInterface
    public interface Deserializer<T> {
        T read(Path file) throws IOException;
    }

    /** Writes a value to an open file. */
    @FunctionalInterface
    public interface Serializer<T> {
        void write(OutputStream out, T content) throws IOException;
    }
}
