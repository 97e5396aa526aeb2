package io.nsfl.ctl.api;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.job.JobEvent;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.protocol.job.RoundMetrics;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Jobs over REST. Every refusal of the server becomes a {@link FaultException} with the server's own sentence. */
public final class JobsApi {
    private final ApiConnection connection;

    public JobsApi(ApiConnection connection) {
        this.connection = connection;
    }

    public void health() {
        connection.call("GET", "/api/v1/health", null);
    }

    public void create(String namespace, ObjectNode job) {
        connection.call("POST", jobs(namespace), job);
    }

    public void update(String namespace, String id, ObjectNode job) {
        connection.call("PUT", jobs(namespace) + "/" + ApiConnection.encoded(id), job);
    }

    public List<ObjectNode> list(String namespace) {
        return objects(connection.call("GET", jobs(namespace), null), "jobs");
    }

    public ObjectNode get(String namespace, String id) {
        return object(connection.call("GET", jobs(namespace) + "/" + ApiConnection.encoded(id), null));
    }

    /** As {@link #get}, empty where there is no such job. */
    public Optional<ObjectNode> find(String namespace, String id) {
        try {
            return Optional.of(get(namespace, id));
        } catch (FaultException e) {
            if (e.fault() == Fault.JOB_NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    public void delete(String namespace, String id) {
        connection.call("DELETE", jobs(namespace) + "/" + ApiConnection.encoded(id), null);
    }

    public void start(String namespace, String id) {
        connection.call("PUT", jobs(namespace) + "/" + ApiConnection.encoded(id) + ":start", null);
    }

    public void stop(String namespace, String id) {
        connection.call("PUT", jobs(namespace) + "/" + ApiConnection.encoded(id) + ":stop", null);
    }

    /** Events with a number above {@code after}, oldest first. */
    public List<JobEvent> events(String namespace, String id, long after) {
        String body = connection.call(
                "GET", jobs(namespace) + "/" + ApiConnection.encoded(id) + "/events?after=" + after, null);
        return records(body, "events", JobEvent.class);
    }

    /** Rounds settled so far, in order. */
    public List<RoundMetrics> rounds(String namespace, String id) {
        return records(
                connection.call("GET", jobs(namespace) + "/" + ApiConnection.encoded(id) + "/metrics", null),
                "rounds",
                RoundMetrics.class);
    }

    /** {@code coordinator}: the tail of its log; {@code tasks}: the tasks that failed. */
    public ObjectNode logs(String namespace, String id, int lines) {
        return object(connection.call(
                "GET", jobs(namespace) + "/" + ApiConnection.encoded(id) + "/logs?lines=" + lines, null));
    }

    /** Which clients suit the job and why the others do not. */
    public ObjectNode selection(String namespace, String id) {
        return object(connection.call("GET", jobs(namespace) + "/" + ApiConnection.encoded(id) + "/selection", null));
    }

    public List<ObjectNode> clients(String namespace) {
        return objects(connection.call("GET", clientsOf(namespace), null), "clients");
    }

    /** @param client its id, name or address */
    public ObjectNode client(String namespace, String client) {
        return object(connection.call("GET", clientsOf(namespace) + "/" + ApiConnection.encoded(client), null));
    }

    private static <T> List<T> records(String body, String field, Class<T> type) {
        return objects(body, field).stream()
                .map(record -> JobJson.convert(record, type))
                .toList();
    }

    private static List<ObjectNode> objects(String body, String field) {
        List<ObjectNode> found = new ArrayList<>();
        for (JsonNode one : object(body).path(field)) {
            if (one instanceof ObjectNode record) {
                found.add(record);
            }
        }
        return found;
    }

    private static ObjectNode object(String body) {
        return JobJson.object(body.getBytes(StandardCharsets.UTF_8));
    }

    private static String clientsOf(String namespace) {
        return "/api/v1/namespaces/" + ApiConnection.encoded(namespace) + "/clients";
    }

    private static String jobs(String namespace) {
        return "/api/v1/namespaces/" + ApiConnection.encoded(namespace) + "/jobs";
    }
}
