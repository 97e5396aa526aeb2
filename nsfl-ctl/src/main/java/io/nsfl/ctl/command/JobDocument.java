package io.nsfl.ctl.command;

import io.nsfl.ctl.upload.DataServer;
import io.nsfl.protocol.ids.JobKey;
import io.nsfl.protocol.job.JobJson;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A job with its final metrics, in the order people read it. */
final class JobDocument {
    private static final int METRICS_LIMIT = 1 << 20;
    private static final int NEWEST = 3;

    private static final List<String> ORDER = List.of(
            "id",
            "namespace",
            "description",
            "model_id",
            "model_path",
            "checkpoint_id",
            "runtime",
            "resource",
            "task_entry",
            "scripts",
            "clients",
            "selector_address",
            "ssl",
            "port",
            "datasets",
            "parameters",
            "hyper_parameters",
            "optimizer",
            "aggregation",
            "early_stop",
            "local_layers",
            "compression",
            "secure_algorithm",
            "differential_privacy",
            "extender",
            "extenders",
            "random_client",
            "untrained_first",
            "redundancy",
            "publish",
            "output",
            "create_time",
            "start_time",
            "status",
            "metrics",
            "checkpoints");

    private JobDocument() {}

    /** Adds {@code metrics}: the last values of the newest metrics.json of a finished job, else null. @param data absent where none is set */
    static void addMetrics(ObjectNode job, JobKey key, Optional<DataServer> data) {
        String output = job.path("output").asString("").replaceFirst("^/+", "");
        job.putNull("metrics");
        if (!"FINISHED".equals(job.path("status").path("state").asString("")) || output.isEmpty() || data.isEmpty()) {
            return;
        }
        DataServer server = data.get();
        String prefix = output + "/fl_" + key.id() + "_output_V";
        server.newest(key.namespace(), prefix).stream()
                .filter(name -> name.substring(prefix.length()).matches("\\d+/metrics\\.json"))
                .limit(NEWEST)
                .findFirst()
                .ifPresent(name -> job.set("metrics", last(server.get(key.namespace(), name, METRICS_LIMIT))));
    }

    /** All fields, the known ones first and in their order. */
    static ObjectNode ordered(ObjectNode job) {
        ObjectNode ordered = JobJson.newObject();
        Stream.concat(ORDER.stream(), job.propertyNames().stream())
                .filter(name -> job.has(name) && !ordered.has(name))
                .forEach(name -> ordered.set(name, job.get(name)));
        return ordered;
    }

    /** {@link #ordered} without fields that hold nothing. */
    static ObjectNode filled(ObjectNode job) {
        ObjectNode filled = ordered(job);
        filled.removeIf(value -> value.isNull() || (value.isContainer() && value.isEmpty()));
        return filled;
    }

    private static ObjectNode last(byte[] content) {
        ObjectNode metrics = JobJson.object(content);
        ObjectNode last = JobJson.newObject();
        for (Map.Entry<String, JsonNode> entry : metrics.properties()) {
            boolean series = entry.getValue() instanceof ArrayNode array && !array.isEmpty();
            last.set(
                    entry.getKey(),
                    series ? entry.getValue().get(entry.getValue().size() - 1) : entry.getValue());
        }
        return last;
    }
}
