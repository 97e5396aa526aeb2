package io.nsfl.executor.result;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.sandbox.PlainFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads {@code metrics.json}: its numbers, at most {@value #MOST}; other values stay with the client. */
public final class TaskMetrics {
    private static final int MOST = 256;
    private static final int LONGEST_NAME = 128;
    private static final long LARGEST_FILE = 1 << 20;
    private static final String WEIGHT = "sample_num";

    private TaskMetrics() {}

    /**
     * @return by name; {@code sample_num} is 1 if the script did not commit it
     * @throws FaultException RESULT_MISSING when there are none, SCRIPT_FAILED when they cannot be read
     */
    public static Map<String, Double> read(Path workspace) {
        Path file = PlainFiles.find(workspace, "metrics.json")
                .orElseThrow(
                        () -> new FaultException(
                                Fault.RESULT_MISSING,
                                "The script ended well but committed no metrics: call commit_metrics (Java: Nsfl.commitMetrics)."));
        Map<String, Double> metrics = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> metric : parse(file).properties()) {
            JsonNode value = metric.getValue();
            if (value.isNumber() && metric.getKey().length() <= LONGEST_NAME && metrics.size() < MOST) {
                double number = value.doubleValue();
                if (Double.isFinite(number)) {
                    metrics.put(metric.getKey(), number);
                }
            }
        }
        metrics.putIfAbsent(WEIGHT, 1.0);
        return metrics;
    }

    private static ObjectNode parse(Path file) {
        try {
            if (Files.size(file) > LARGEST_FILE) {
                throw new FaultException(
                        Fault.SCRIPT_FAILED, "The metrics that the script committed are larger than 1 MiB.");
            }
            return JobJson.object(withoutNan(Files.readString(file)));
        } catch (IOException e) {
            throw new FaultException(Fault.SCRIPT_FAILED, "metrics.json cannot be read: " + e.getMessage(), e);
        } catch (FaultException e) {
            throw new FaultException(
                    Fault.SCRIPT_FAILED,
                    "The metrics that the script committed are not valid JSON: " + e.getMessage(),
                    e);
        }
    }

    /** Python writes NaN and Infinity, which JSON does not know: such a metric is left out, the others count. */
    private static byte[] withoutNan(String json) {
        return json.replaceAll("(?<=[:,\\[])\\s*-?(NaN|Infinity)\\b", " null")
                .getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }
}
