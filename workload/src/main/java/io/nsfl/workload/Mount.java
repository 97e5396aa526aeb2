package io.nsfl.workload;

import java.nio.file.Path;

/**
 * A directory or file of the node that a pod sees at {@code target}. Processes see the node's files anyway: for them source and
 * target have to be equal.
 */
public record Mount(String name, Path source, Path target, boolean readOnly) {}
