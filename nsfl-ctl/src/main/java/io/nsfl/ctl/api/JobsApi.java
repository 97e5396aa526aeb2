package io.nsfl.ctl.api;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.job.JobEvent;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.protocol.job.RoundMetrics;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Jobs over REST. Every refusal of the server becomes a {@link FaultException} with the server's own sentence. */
public final class JobsApi {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final URI server;
    private final HttpClient client;

    public JobsApi(URI server) {
        this.server = server;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(10))
                .build();
    }

    public void health() {
        call("GET", "/api/v1/health", null);
    }

    public void create(String namespace, ObjectNode job) {
        call("POST", jobs(namespace), job);
    }

    public void update(String namespace, String id, ObjectNode job) {
        call("PUT", jobs(namespace) + "/" + encoded(id), job);
    }

    public List<ObjectNode> list(String namespace) {
        List<ObjectNode> found = new ArrayList<>();
        for (JsonNode job : object(call("GET", jobs(namespace), null)).path("jobs")) {
            if (job instanceof ObjectNode one) {
                found.add(one);
            }
        }
        return found;
    }

    public ObjectNode get(String namespace, String id) {
        return object(call("GET", jobs(namespace) + "/" + encoded(id), null));
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
        call("DELETE", jobs(namespace) + "/" + encoded(id), null);
    }

    public void start(String namespace, String id) {
        call("PUT", jobs(namespace) + "/" + encoded(id) + ":start", null);
    }

    public void stop(String namespace, String id) {
        call("PUT", jobs(namespace) + "/" + encoded(id) + ":stop", null);
    }

    /** Events with a number above {@code after}, oldest first. */
    public List<JobEvent> events(String namespace, String id, long after) {
        String body = call("GET", jobs(namespace) + "/" + encoded(id) + "/events?after=" + after, null);
        return records(body, "events", JobEvent.class);
    }

    /** Rounds settled so far, in order. */
    public List<RoundMetrics> rounds(String namespace, String id) {
        return records(
                call("GET", jobs(namespace) + "/" + encoded(id) + "/metrics", null), "rounds", RoundMetrics.class);
    }

    private static <T> List<T> records(String body, String field, Class<T> type) {
        List<T> found = new ArrayList<>();
        for (JsonNode one : object(body).path(field)) {
            if (one instanceof ObjectNode record) {
                found.add(JobJson.convert(record, type));
            }
        }
        return found;
    }

    private static ObjectNode object(String body) {
        return JobJson.object(body.getBytes(StandardCharsets.UTF_8));
    }

    private static String jobs(String namespace) {
        return "/api/v1/namespaces/" + encoded(namespace) + "/jobs";
    }

    private static String encoded(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private String call(String method, String path, ObjectNode body) {
        HttpRequest request = HttpRequest.newBuilder(server.resolve(path))
                .timeout(TIMEOUT)
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(JobJson.bytes(body)))
                .build();
        HttpResponse<String> answer;
        try {
            answer = client.send(request, BodyHandlers.ofString(StandardCharsets.UTF_8));
        } catch (IOException e) {
            String why = e.getMessage() == null ? "no connection" : e.getMessage();
            throw new FaultException(
                    Fault.UNAVAILABLE,
                    "the API server " + server + " does not answer (" + why + "): is it up, and is this its address?",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FaultException(Fault.UNAVAILABLE, "interrupted while waiting for " + server, e);
        }
        if (answer.statusCode() / 100 != 2) {
            throw refusal(answer);
        }
        return answer.body();
    }

    private static FaultException refusal(HttpResponse<String> answer) {
        String reason = "the API server answered " + answer.statusCode();
        Fault fault = answer.statusCode() == 404 ? Fault.JOB_NOT_FOUND : Fault.REQUEST_INVALID;
        try {
            ObjectNode body = object(answer.body());
            reason = body.path("reason").asString(reason);
            String code = body.path("code").asString("");
            for (Fault known : Fault.values()) {
                fault = known.name().equals(code) ? known : fault;
            }
        } catch (FaultException e) {
            // Not one of our answers (a proxy's page, say): the status says what there is to say.
        }
        return new FaultException(fault, reason);
    }
}
