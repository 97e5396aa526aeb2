package io.nsfl.scheduler.models;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.Headers;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.servicekit.rest.PeerHttp;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** Asks the model-manager over REST. Calls block for at most 5 s; one that is away is UNAVAILABLE, none at all MODEL_NOT_FOUND. */
public final class ModelManagerCalls {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final PeerHttp http;
    private final String address;
    private final String secret;

    /** @param address {@code host:port}; empty = there is none @param secret the internal one, in hex */
    public ModelManagerCalls(PeerHttp http, String address, String secret) {
        this.http = http;
        this.address = address;
        this.secret = secret;
    }

    /** The model of this id, if there is one. */
    Optional<StoredModel> find(String id) {
        Answer answer = send("GET", "/api/v1/models?model_id=" + encoded(id), null);
        return switch (answer.status()) {
            case 200 -> Optional.of(StoredModel.of(answer.body()));
            case 404 -> Optional.empty();
            default -> throw answer.refused();
        };
    }

    /** All versions of a name; none if there is no such name. */
    List<StoredModel> versions(String namespace, String name) {
        Answer answer = send("GET", "/api/v1/namespaces/" + encoded(namespace) + "/models/" + encoded(name), null);
        return switch (answer.status()) {
            case 200 ->
                answer.body()
                        .path("models")
                        .path(name)
                        .valueStream()
                        .filter(ObjectNode.class::isInstance)
                        .map(detail -> StoredModel.of((ObjectNode) detail))
                        .toList();
            case 404 -> List.of();
            default -> throw answer.refused();
        };
    }

    /** Makes a model. */
    StoredModel create(String namespace, ObjectNode model) {
        Answer answer = send("POST", "/api/v1/namespaces/" + encoded(namespace) + "/models", JobJson.text(model));
        if (answer.status() == 201) {
            return StoredModel.of(answer.body());
        }
        throw answer.refused();
    }

    private record Answer(int status, ObjectNode body) {
        FaultException refused() {
            Fault fault = status < 500 ? Fault.REQUEST_INVALID : Fault.UNAVAILABLE;
            return new FaultException(
                    fault,
                    "The model-manager answered %d: %s"
                            .formatted(status, body.path("reason").asString("")));
        }
    }

    private Answer send(String method, String path, String body) {
        if (address.isEmpty()) {
            throw new FaultException(
                    Fault.MODEL_NOT_FOUND,
                    "There is no model-manager: set MODEL_MANAGER_ADDRESS, or give the model's file as model_path.");
        }
        HttpRequest request = HttpRequest.newBuilder(http.uri(address, path))
                .header(Headers.INTERNAL, secret)
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            HttpResponse<byte[]> response = http.exchange(request, PATIENCE, JobJson.MAX_DOCUMENT);
            return new Answer(response.statusCode(), JobJson.object(response.body()));
        } catch (IOException away) {
            throw new FaultException(
                    Fault.UNAVAILABLE, "The model-manager at %s does not answer: try again.".formatted(address), away);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            throw new FaultException(Fault.UNAVAILABLE, "The service is ending.", ended);
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
