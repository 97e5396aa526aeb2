package io.nsfl.scheduler.route;

import io.nsfl.protocol.ids.JobKey;
import io.nsfl.servicekit.rest.PeerHttp;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;

/** The proxy's route API. Calls block for at most 5 s. */
public final class ProxyCalls {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int UNKNOWN = 404;
    /** Of an answer, which is one line. */
    private static final int MOST_BYTES = 64 << 10;

    private final PeerHttp http;
    private final URI routers;
    private final String token;

    /** @param address {@code host:port} of its route API @param token that it asks for */
    public ProxyCalls(PeerHttp http, String address, String token) {
        this.http = http;
        this.routers = http.uri(address, "/api/v1/internal/routers");
        this.token = token;
    }

    /** @throws IOException if the proxy does not answer, or refuses */
    void put(JobKey job, String address) throws IOException, InterruptedException {
        send(request(job).header("module-service", address).POST(BodyPublishers.ofString("{}")), false);
    }

    /** One that it does not know is gone already. @throws IOException if the proxy does not answer, or refuses */
    void delete(JobKey job) throws IOException, InterruptedException {
        send(request(job).DELETE(), true);
    }

    private HttpRequest.Builder request(JobKey job) {
        return HttpRequest.newBuilder(routers)
                .header("module-id", job.serviceName())
                .header("token", token);
    }

    private void send(HttpRequest.Builder request, boolean mayBeUnknown) throws IOException, InterruptedException {
        int status = http.exchange(request.build(), PATIENCE, MOST_BYTES).statusCode();
        if (status != 200 && !(mayBeUnknown && status == UNKNOWN)) {
            throw new IOException("the proxy at " + routers.getAuthority() + " answered " + status
                    + (status == 401 ? ": TOKEN, or the internal secret, is not the same there and here" : ""));
        }
    }

    @Override
    public String toString() {
        return routers.getAuthority();
    }
}
