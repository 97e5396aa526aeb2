package io.nsfl.workload;

import java.nio.file.Path;

/**
 * A directory or file that a pod sees at {@code target}. Processes see the machine's files as they are and ignore it.
 *
 * @param name unique in the workload: lower case letters, digits and dashes
 */
public record Mount(String name, Source source, Path target, boolean readOnly) {
    /** Where it comes from. */
    public sealed interface Source {
        /** A path of the node that the pod runs on; a writable one is made as a directory where it is absent. */
        record Node(Path path) implements Source {}

        /** A path in a persistent volume claim. @param subPath relative; empty = its root */
        record Claim(String claim, Path subPath) implements Source {}

        /** A Secret, one file for each of its keys. */
        record Stored(String secret) implements Source {}
    }
}
