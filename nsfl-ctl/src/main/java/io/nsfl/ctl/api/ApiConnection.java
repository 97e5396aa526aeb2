package io.nsfl.ctl.api;

import io.nsfl.ctl.config.CtlConfig;
import io.nsfl.ctl.config.Trust;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.job.JobJson;
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
import java.util.Base64;
import javax.net.ssl.SSLException;
import tools.jackson.databind.node.ObjectNode;

/**
 * One API server: its address, whom it must prove to be, and who asks. Every refusal of the server becomes a {@link FaultException}
 * with the server's own sentence. Credentials, where some are set, go with every call.
 */
public final class ApiConnection {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final URI server;
    private final HttpClient client;
    private final String authorization;

    public ApiConnection(CtlConfig config) {
        this.server = config.apiServerUri();
        this.authorization = authorization(config);
        HttpClient.Builder builder =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(10));
        if ("https".equals(server.getScheme())) {
            Trust.of(config).ifPresent(trust -> builder.sslContext(trust.context()));
        }
        this.client = builder.build();
    }

    /** One segment of a path or one value of a query. */
    public static String encoded(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** @param body may be null @return the answer's text @throws FaultException for every answer but success */
    public String call(String method, String path, ObjectNode body) {
        HttpRequest request = request(path)
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(JobJson.bytes(body)))
                .build();
        return new String(required(send(request)).body(), StandardCharsets.UTF_8);
    }

    /** A request to be completed, with the credentials. */
    HttpRequest.Builder request(String path) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(server.resolve(path)).timeout(TIMEOUT);
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        return request;
    }

    /** Whatever the server answers. @throws FaultException UNAVAILABLE where it does not */
    HttpResponse<byte[]> send(HttpRequest request) {
        try {
            return client.send(request, BodyHandlers.ofByteArray());
        } catch (SSLException e) {
            throw new FaultException(
                    Fault.UNAVAILABLE,
                    "the API server " + server + " does not prove who it is (" + e.getMessage()
                            + "): name its authority by 'nsfl-ctl set config -c FILE'",
                    e);
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
    }

    /** The same answer if it tells success. @throws FaultException with the server's reason if not */
    HttpResponse<byte[]> required(HttpResponse<byte[]> answer) {
        if (answer.statusCode() / 100 != 2) {
            throw refusal(answer);
        }
        return answer;
    }

    private static FaultException refusal(HttpResponse<byte[]> answer) {
        int status = answer.statusCode();
        String reason = "the API server answered " + status;
        Fault fault = switch (status) {
            case 401 -> Fault.UNAUTHENTICATED;
            case 404 -> Fault.JOB_NOT_FOUND;
            default -> Fault.REQUEST_INVALID;
        };
        try {
            ObjectNode body = JobJson.object(answer.body());
            reason = body.path("reason").asString(reason);
            String code = body.path("code").asString("");
            for (Fault known : Fault.values()) {
                fault = known.name().equals(code) ? known : fault;
            }
        } catch (FaultException e) {
            // Not one of our answers (a proxy's page, say): the status says what there is to say.
        }
        return new FaultException(
                fault,
                status == 401
                        ? reason + " (set who you are by 'nsfl-ctl set config -u USER -p', or a token by '--token')"
                        : reason);
    }

    private static String authorization(CtlConfig config) {
        if (config.token().isPresent()) {
            return "Bearer " + config.token().get();
        }
        if (config.user().isEmpty() || config.password().isEmpty()) {
            return null;
        }
        String pair = config.user().get() + ":" + config.password().get();
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }
}
