package io.nsfl.executor;

import io.nsfl.servicekit.security.InternalSecret;
import java.nio.file.Path;
import java.util.Map;

/**
 * What the process was started with.
 *
 * @param credential of all calls in both directions
 * @param directory for the executor's own files: compiled scripts, working directories of prepared processes, logs
 * @param environment of the process
 */
record ExecutorStart(
        ExecutorProperties properties, InternalSecret credential, Path directory, Map<String, String> environment) {
    /** The host that the task-manager reaches this executor at: in a pod the pod's own. */
    String reachable() {
        return environment.getOrDefault("NSFL_POD_IP", properties.bind());
    }

    @Override
    public String toString() {
        return "ExecutorStart[" + properties + ", " + directory + "]";
    }
}
