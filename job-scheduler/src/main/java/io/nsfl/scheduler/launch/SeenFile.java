package io.nsfl.scheduler.launch;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A file or directory that a coordinator works with.
 *
 * @param name what it is
 * @param file where this service sees it
 * @param seen where the coordinator does
 * @param writable whether the coordinator writes below it
 */
record SeenFile(String name, Path file, Path seen, boolean writable) {
    /** Those that have to be given one by one: what lies in another one is there with it. */
    static List<SeenFile> outermost(List<SeenFile> all) {
        List<SeenFile> kept = new ArrayList<>();
        all.stream()
                .sorted(Comparator.comparingInt((SeenFile file) -> file.seen().getNameCount())
                        .thenComparing(file -> !file.writable()))
                .filter(file -> kept.stream().noneMatch(file::isPartOf))
                .forEach(kept::add);
        return kept;
    }

    private boolean isPartOf(SeenFile other) {
        return seen.startsWith(other.seen) && (other.writable || !writable);
    }
}
