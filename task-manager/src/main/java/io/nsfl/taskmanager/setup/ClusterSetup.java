package io.nsfl.taskmanager.setup;

import io.nsfl.servicekit.lifecycle.ConfigurationProblems;
import io.nsfl.storage.document.DatabaseSettings;
import io.nsfl.storage.document.DatabaseType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a client in a cluster takes from its environment.
 *
 * @param image of the executors
 * @param workerPort of an executor; the next one is the scripts'
 * @param httpProxy of scripts; empty = none; likewise {@code httpsProxy}
 * @param gpuResource Kubernetes' name of a GPU
 * @param startBound how long an executor's pod may take to run
 * @param nodes which nodes are counted
 * @param claims by the path that each is mounted at; other paths are the node's
 * @param address where executors call back; empty = this pod's own
 * @param database where tasks are recorded; empty = nowhere
 */
public record ClusterSetup(
        String image,
        int workerPort,
        String httpProxy,
        String httpsProxy,
        String gpuResource,
        Duration startBound,
        Nodes nodes,
        Map<Path, String> claims,
        Optional<String> address,
        Optional<TaskDatabase> database) {
    /** A collection for the record of tasks. */
    public record TaskDatabase(DatabaseSettings settings, String collection) {}

    /** Those with this label; with an empty value all. */
    public record Nodes(String labelKey, String labelValue) {}

    /** @throws io.nsfl.protocol.fault.FaultException CONFIGURATION_INVALID naming every problem */
    public static ClusterSetup of(Map<String, String> environment) {
        ConfigurationProblems problems = new ConfigurationProblems("task-manager");
        ClusterSetup setup = new ClusterSetup(
                text(environment, "CONTAINER_EXECUTOR_IMAGE", ""),
                (int) number(environment, "WORKER_PORT", 8050, 65534, problems),
                text(environment, "WORKER_HTTP_PROXY", ""),
                text(environment, "WORKER_HTTPS_PROXY", ""),
                text(environment, "GPU_RS_KEY", "nvidia.com/gpu"),
                Duration.ofSeconds(number(environment, "WAIT_WORKER_FINISHED_TIMEOUT", 300, 86_400, problems)),
                new Nodes(
                        text(environment, "CLUSTER_LABEL_KEY", "kubernetes.io/cluster_id"),
                        text(environment, "CLUSTER_LABEL_VALUE", "")),
                claims(text(environment, "NSFL_VOLUME_CLAIMS", ""), problems),
                Optional.of(text(environment, "NSFL_TASK_MANAGER_ADDRESS", "")).filter(given -> !given.isEmpty()),
                database(environment));
        problems.unless(
                !setup.image.isEmpty(), "CONTAINER_EXECUTOR_IMAGE", setup.image, "the image of executors is needed");
        problems.raise();
        return setup;
    }

    private static Optional<TaskDatabase> database(Map<String, String> environment) {
        String address = text(environment, "DB_ADDRESS", "");
        return address.isEmpty()
                ? Optional.empty()
                : Optional.of(new TaskDatabase(
                        DatabaseSettings.of(
                                DatabaseType.of(text(environment, "DB_TYPE", "postgreSQL")),
                                address,
                                text(environment, "DB_NAME", "fl_tasks"),
                                text(environment, "DB_USERNAME", ""),
                                environment.getOrDefault("DB_PASSWORD", "")),
                        text(environment, "DB_COLLECTION_NAME", "tasks")));
    }

    private static String text(Map<String, String> environment, String name, String otherwise) {
        String given = environment.getOrDefault(name, "").strip();
        return given.isEmpty() ? otherwise : given;
    }

    private static long number(
            Map<String, String> environment, String name, long otherwise, long most, ConfigurationProblems problems) {
        String given = text(environment, name, Long.toString(otherwise));
        boolean fine = given.matches("[1-9][0-9]{0,8}") && Long.parseLong(given) <= most;
        problems.unless(fine, name, given, "a whole number from 1 to " + most + " is needed");
        return fine ? Long.parseLong(given) : otherwise;
    }

    private static Map<Path, String> claims(String given, ConfigurationProblems problems) {
        Map<Path, String> claims = new LinkedHashMap<>();
        for (String pair : given.isEmpty() ? new String[0] : given.split(",")) {
            String[] parts = pair.strip().split("=", 2);
            boolean fine = parts.length == 2 && parts[0].startsWith("/") && !parts[1].isBlank();
            problems.unless(fine, "NSFL_VOLUME_CLAIMS", pair, "<mount path>=<claim> is needed");
            if (fine) {
                claims.put(Path.of(parts[0]).normalize(), parts[1]);
            }
        }
        return claims;
    }
}
