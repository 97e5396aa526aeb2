package io.nsfl.coordinator.checkpoint;

import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.modelformats.ModelFile;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.job.Heartbeat.Checkpoint;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The files that a job's user keeps:
 *
 * <pre>
 * fl_&lt;job&gt;_output_V&lt;n&gt;/metrics.json
 * fl_&lt;job&gt;_output_V&lt;n&gt;/checkpoints/checkpoint_v&lt;k&gt;/{checkpoint_&lt;round&gt;.&lt;suffix&gt;, metrics.json}
 * </pre>
 *
 * {@code n} belongs to a run, {@code k} goes on over all runs of the job. Everything can be written again: the same round of the same run
 * keeps its {@code k}.
 */
public final class RunOutputs {
    private static final Pattern CHECKPOINT = Pattern.compile("checkpoint_v(\\d{1,9})");

    private final Path output;
    private final Path namespaceRoot;
    private final String job;
    private final String checkpointsDirectory;
    private final String suffix;

    /**
     * @param output the job's output directory; made when absent
     * @param namespaceRoot against which checkpoint paths are reported
     * @param checkpointsDirectory usually {@code checkpoints}
     * @param suffix of model files, without the dot
     */
    public RunOutputs(Path output, Path namespaceRoot, String job, String checkpointsDirectory, String suffix) {
        this.output = output.toAbsolutePath().normalize();
        this.namespaceRoot = namespaceRoot.toAbsolutePath().normalize();
        this.job = job;
        this.checkpointsDirectory = checkpointsDirectory;
        this.suffix = suffix;
    }

    /** Makes the directory of a new run, with the first number that is free, and returns its name. */
    public String newRunDirectory() {
        try {
            Files.createDirectories(output);
            for (int n = 0; ; n++) {
                String name = prefix() + n;
                try {
                    Files.createDirectory(output.resolve(name));
                    return name;
                } catch (FileAlreadyExistsException taken) {
                    continue;
                }
            }
        } catch (IOException failed) {
            throw unwritable(output, failed);
        }
    }

    /** The directory of a run. */
    public Path runDirectory(String name) {
        return output.resolve(name);
    }

    /**
     * Writes the model as the run's checkpoint of this round.
     *
     * @param metrics of the model; absent ones are left out of its metrics.json
     * @return {@code checkpoint_v<k>}
     */
    public String saveCheckpoint(
            String run, int round, ModelFile template, TensorSet model, Map<String, Double> metrics) {
        String fileName = "checkpoint_" + round + "." + suffix;
        Path root = runDirectory(run).resolve(checkpointsDirectory);
        Path directory = existing(root, fileName).orElseGet(() -> root.resolve("checkpoint_v" + nextNumber()));
        try {
            Files.createDirectories(directory);
            template.writeCopy(model, directory.resolve(fileName));
            Map<String, Double> kept = new LinkedHashMap<>();
            for (String name : List.of("accuracy", "loss")) {
                Optional.ofNullable(metrics.get(name)).ifPresent(value -> kept.put(name, value));
            }
            if (!kept.isEmpty()) {
                Files.writeString(directory.resolve("metrics.json"), MetricsJson.of(kept));
            }
        } catch (IOException failed) {
            throw unwritable(directory, failed);
        }
        return directory.getFileName().toString();
    }

    /** Writes the run's metrics.json: one entry per successful evaluation. */
    public void writeMetrics(String run, List<JournalRecord.Evaluated> evaluations) {
        Map<String, List<Double>> series = new LinkedHashMap<>();
        for (String name : List.of("accuracy", "loss")) {
            List<Double> values = new ArrayList<>();
            evaluations.forEach(evaluation ->
                    Optional.ofNullable(evaluation.metrics().get(name)).ifPresent(values::add));
            series.put(name, values);
        }
        Path file = runDirectory(run).resolve("metrics.json");
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, MetricsJson.of(series));
        } catch (IOException failed) {
            throw unwritable(file, failed);
        }
    }

    /** All checkpoints of all runs of the job, by name in the order of their numbers. */
    public Map<String, Checkpoint> checkpoints() {
        SortedMap<Integer, Path> found = directories();
        Map<String, Checkpoint> checkpoints = new LinkedHashMap<>();
        found.forEach((number, directory) -> modelFile(directory)
                .ifPresent(file -> checkpoints.put(
                        "checkpoint_v" + number,
                        new Checkpoint(relative(file), MetricsJson.accuracy(directory.resolve("metrics.json"))))));
        return checkpoints;
    }

    private String prefix() {
        return "fl_" + job + "_output_V";
    }

    private int nextNumber() {
        SortedMap<Integer, Path> found = directories();
        return found.isEmpty() ? 1 : found.lastKey() + 1;
    }

    private SortedMap<Integer, Path> directories() {
        SortedMap<Integer, Path> found = new TreeMap<>();
        for (Path run : children(output)) {
            if (run.getFileName().toString().matches(Pattern.quote(prefix()) + "\\d{1,9}")) {
                for (Path checkpoint : children(run.resolve(checkpointsDirectory))) {
                    Matcher name = CHECKPOINT.matcher(checkpoint.getFileName().toString());
                    if (name.matches()) {
                        found.put(Integer.parseInt(name.group(1)), checkpoint);
                    }
                }
            }
        }
        return found;
    }

    private static Optional<Path> existing(Path root, String fileName) {
        return children(root).stream()
                .filter(directory -> Files.exists(directory.resolve(fileName)))
                .findFirst();
    }

    private static Optional<Path> modelFile(Path directory) {
        return children(directory).stream()
                .filter(file -> file.getFileName().toString().startsWith("checkpoint_"))
                .findFirst();
    }

    private static List<Path> children(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(directory)) {
            return children.sorted().toList();
        } catch (IOException failed) {
            throw unwritable(directory, failed);
        }
    }

    /** By path elements, so that no first letter of a name is lost. */
    private String relative(Path file) {
        return file.startsWith(namespaceRoot) ? namespaceRoot.relativize(file).toString() : file.toString();
    }

    private static FaultException unwritable(Path path, IOException cause) {
        return new FaultException(
                Fault.STORAGE_UNAVAILABLE, "Cannot use " + path + ": " + cause.getMessage() + ".", cause);
    }
}
