package io.nsfl.taskmanager.dataset;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The datasets of a client that limits what each may cost: a task is charged for those that its job names, and its scripts shall find no
 * others. A job that names none is charged for all.
 *
 * @param paths by name; empty = nothing is limited
 */
public record AccountedDatasets(Map<String, String> paths) {
    /** Nothing is limited. */
    public static final AccountedDatasets NONE = new AccountedDatasets(Map.of());

    public AccountedDatasets {
        paths = Map.copyOf(paths);
    }

    /** Whether a task is told of some only. @param named by its job */
    public boolean some(Collection<String> named) {
        return !paths.isEmpty() && !named.isEmpty();
    }

    /** Those that a task is charged for, by name. */
    public Map<String, String> charged(Collection<String> named) {
        Map<String, String> charged = new TreeMap<>(paths);
        if (some(named)) {
            charged.keySet().retainAll(named);
        }
        return charged;
    }

    /** What is none of a task's: the paths of the others, but for those within one that it is charged for. */
    public List<Path> others(Collection<String> named) {
        List<Path> charged = charged(named).values().stream().map(Path::of).toList();
        return paths.values().stream()
                .map(Path::of)
                .filter(path -> charged.stream().noneMatch(path::startsWith))
                .distinct()
                .sorted()
                .toList();
    }
}
