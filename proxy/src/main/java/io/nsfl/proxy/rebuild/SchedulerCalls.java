package io.nsfl.proxy.rebuild;

import io.nsfl.protocol.ids.Headers;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.proxy.route.RouteText;
import io.nsfl.servicekit.rest.PeerHttp;
import io.nsfl.servicekit.security.InternalSecret;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Asks the job-scheduler for all routes. Calls block for at most 10 s. */
public final class SchedulerCalls {
    private static final Logger log = LoggerFactory.getLogger(SchedulerCalls.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int MOST_BYTES = 64 << 20;

    private final PeerHttp http;
    private final URI routes;
    private final InternalSecret secret;

    /** @param address {@code host:port} */
    public SchedulerCalls(PeerHttp http, String address, InternalSecret secret) {
        this.http = http;
        this.routes = http.uri(address, "/api/v1/internal/routes");
        this.secret = secret;
    }

    /** Addresses by job; what cannot stand in the table is left out. */
    Map<String, String> routes() throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(routes)
                .header(Headers.INTERNAL, secret.hex())
                .build();
        HttpResponse<byte[]> response = http.exchange(request, PATIENCE, MOST_BYTES);
        if (response.statusCode() != 200) {
            throw new IOException("it answered " + response.statusCode());
        }
        return table(response.body());
    }

    private static Map<String, String> table(byte[] json) throws IOException {
        Map<String, String> table = new HashMap<>();
        try {
            for (JsonNode route : JobJson.mapper().readTree(json).path("routes")) {
                String job = route.path("module_id").asString("");
                String address = route.path("module_service").asString("");
                if (RouteText.isJob(job) && RouteText.isAddress(address)) {
                    table.put(job, address);
                } else {
                    log.warn("The job-scheduler's list of routes holds a line that is none; it is left out");
                }
            }
        } catch (JacksonException malformed) {
            throw new IOException("its answer is no JSON", malformed);
        }
        return table;
    }
}
