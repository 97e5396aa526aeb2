package io.nsfl.sdk;

import java.nio.file.Path;
import java.util.Map;

/** The client's datasets by name, from the JSON file that the environment variable DATASETS names. */
record Datasets(Map<String, Object> byName) {
    static Datasets current() {
        String file = System.getenv("DATASETS");
        return new Datasets(file == null || file.isEmpty() ? Map.of() : TaskJson.read(Path.of(file)));
    }

    Path path(String name) {
        Object entry = byName.get(name);
        if (entry instanceof Map<?, ?> described) {
            entry = described.get("path");
        }
        if (entry == null) {
            throw new TaskException("The dataset " + name + " is not in this client's datasets.json (known: "
                    + String.join(", ", byName.keySet()) + ")");
        }
        return Path.of(entry.toString());
    }
}
