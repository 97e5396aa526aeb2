package io.nsfl.taskmanager.dataset;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.fault.Violation;
import io.nsfl.protocol.job.LenientJson;
import io.nsfl.protocol.v1.Dataset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * The datasets of datasets.json: {@code "name": "path"}, or {@code "name": {"path": …, "samples": n}} where the owner tells how many
 * there are. Immutable.
 */
public final class DatasetCatalog {
    private final Optional<Path> file;
    private final Map<String, Entry> entries;

    /** One dataset. @param samples 0 = not known */
    public record Entry(Path path, long samples) {}

    private DatasetCatalog(Optional<Path> file, Map<String, Entry> entries) {
        this.file = file;
        this.entries = entries;
    }

    /** @throws FaultException CONFIGURATION_INVALID with every entry that is wrong */
    public static DatasetCatalog read(Optional<Path> file) {
        if (file.isEmpty()) {
            return new DatasetCatalog(file, Map.of());
        }
        Map<String, Entry> entries = new TreeMap<>();
        List<Violation> violations = new ArrayList<>();
        LenientJson.readObject(file.get()).forEachEntry((name, value) -> {
            Optional<Entry> entry = entry(value);
            if (entry.isEmpty()) {
                violations.add(violation(name, value, "must be a path, or an object with path and samples"));
            } else if (!Files.exists(entry.get().path())) {
                violations.add(violation(name, value, "must be the path of something that exists"));
            } else {
                entries.put(name.strip(), entry.get());
            }
        });
        if (!violations.isEmpty()) {
            throw new FaultException(
                    Fault.CONFIGURATION_INVALID, "The datasets of " + file.get() + " are refused.", violations);
        }
        return new DatasetCatalog(file, entries);
    }

    private static Optional<Entry> entry(JsonNode value) {
        JsonNode path = value.isObject() ? value.path("path") : value;
        if (!path.isString() || path.asString().isBlank()) {
            return Optional.empty();
        }
        long samples = value.isObject() ? value.path("samples").asLong(0) : 0;
        return Optional.of(new Entry(Path.of(path.asString()).toAbsolutePath(), Math.max(0, samples)));
    }

    private static Violation violation(String name, JsonNode value, String message) {
        return new Violation("datasets." + name, value.toString(), message);
    }

    public Set<String> names() {
        return entries.keySet();
    }

    /** What a registration tells. */
    public List<Dataset> announced() {
        return entries.entrySet().stream()
                .map(entry -> Dataset.newBuilder()
                        .setName(entry.getKey())
                        .setSamples(entry.getValue().samples())
                        .build())
                .toList();
    }

    /**
     * Writes what scripts read through {@code get_dataset_path}: names to absolute paths, whatever form the owner's file has.
     */
    public Map<String, String> paths() {
        Map<String, String> paths = new TreeMap<>();
        entries.forEach((name, entry) -> paths.put(name, entry.path().toString()));
        return paths;
    }

    public Optional<Path> file() {
        return file;
    }
}
