package io.nsfl.ctl.api;

import io.nsfl.ctl.config.CtlConfig;
import io.nsfl.ctl.config.Trust;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.job.JobJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLSocketFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * One API server: its address, whom it must prove to be, and who asks. Every refusal of the server becomes a {@link FaultException}
 * with the server's own sentence. Credentials, where some are set, go with every call, and to this server only: a redirect is told, not
 * followed.
 *
 * <p>It stands on the connection that is part of Java's base because a command is a process of its own: the newer client takes longer to
 * start than all the rest of a command.
 */
public final class ApiConnection {
    private static final int CONNECT_MILLIS = 10_000;
    private static final int SILENCE_MILLIS = 60_000;

    private final URI server;
    private final CtlConfig config;
    private final Optional<SSLSocketFactory> sockets;
    private final String authorization;

    public ApiConnection(CtlConfig config) {
        this.server = config.apiServerUri();
        this.config = config;
        this.authorization = authorization(config);
        this.sockets = "https".equals(server.getScheme())
                ? Trust.of(config).map(trust -> trust.context().getSocketFactory())
                : Optional.empty();
    }

    /** One segment of a path or one value of a query. */
    public static String encoded(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** @param body may be null @return the answer's text @throws FaultException for every answer but success */
    public String call(String method, String path, ObjectNode body) {
        byte[] bytes = body == null ? null : JobJson.bytes(body);
        Answer answer = ask(method, path, Map.of("Content-Type", "application/json"), bytes);
        return new String(required(answer).body(), StandardCharsets.UTF_8);
    }

    /** Whatever the server answers. @param body may be null @throws FaultException UNAVAILABLE where it does not answer */
    Answer ask(String method, String path, Map<String, String> headers, byte[] body) {
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) server.resolve(path).toURL().openConnection();
            if (connection instanceof HttpsURLConnection secure) {
                sockets.ifPresent(secure::setSSLSocketFactory);
            }
            connection.setConnectTimeout(CONNECT_MILLIS);
            connection.setReadTimeout(SILENCE_MILLIS);
            connection.setInstanceFollowRedirects(false);
            connection.setUseCaches(false);
            connection.setRequestMethod(method);
            connection.setRequestProperty("Accept", "application/json, */*");
            headers.forEach(connection::setRequestProperty);
            if (authorization != null) {
                connection.setRequestProperty("Authorization", authorization);
            }
            if (body != null) {
                connection.setDoOutput(true);
                try (OutputStream out = connection.getOutputStream()) {
                    out.write(body);
                }
            }
            int status = connection.getResponseCode();
            if (status < 0) {
                throw new IOException("it does not speak HTTP");
            }
            try (InputStream in = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
                return new Answer(status, connection.getHeaderFields(), in == null ? new byte[0] : in.readAllBytes());
            }
        } catch (IOException e) {
            throw new FaultException(Fault.UNAVAILABLE, silent(e), e);
        }
    }

    private String silent(IOException e) {
        Optional<String> unproven = Trust.unproven(e, config);
        if (unproven.isPresent()) {
            return "the API server " + server + " does not prove who it is: " + unproven.get();
        }
        String why = e.getMessage() == null ? "no connection" : e.getMessage();
        return "the API server " + server + " does not answer (" + why + "): is it up, and is this its address?";
    }

    /** The same answer if it tells success. @throws FaultException with the server's reason if not */
    Answer required(Answer answer) {
        if (answer.status() / 100 != 2) {
            throw refusal(answer);
        }
        return answer;
    }

    private FaultException refusal(Answer answer) {
        int status = answer.status();
        if (status / 100 == 3) {
            return new FaultException(
                    Fault.REQUEST_INVALID,
                    "the API server " + server + " points to "
                            + answer.header("Location").orElse("another place")
                            + ": if that is right, set it by 'nsfl-ctl set config -s'");
        }
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
            fault = Fault.named(code).orElse(fault);
        } catch (FaultException e) {
            // Not one of our answers (a proxy's page, say): the status says what there is to say.
            if (status == 400 && server.getScheme().equals("http")) {
                reason += ": if it speaks TLS only, set its address as https://HOST:PORT by 'nsfl-ctl set config -s'";
            }
        }
        return new FaultException(
                fault,
                status == 401
                        ? reason + " Set who you are by 'nsfl-ctl set config -u USER -p', or a token by '--token'."
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
