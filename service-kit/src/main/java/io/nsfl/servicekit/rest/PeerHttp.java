package io.nsfl.servicekit.rest;

import io.nsfl.servicekit.tls.TransportSecurity;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * How this process calls the REST of the platform's other services; the one place that decides about the scheme and whom to trust. Safe from
 * any thread.
 */
public final class PeerHttp implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(5);

    private final HttpClient client;
    private final String scheme;

    private PeerHttp(HttpClient client, String scheme) {
        this.client = client;
        this.scheme = scheme;
    }

    /** With TLS where the connections are secured: the service's certificate has to be one of {@code ca.crt}, for the host that is called. */
    public static PeerHttp open(TransportSecurity security) {
        HttpClient.Builder client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT);
        security.sslContext().ifPresent(client::sslContext);
        return new PeerHttp(client.build(), security.secured() ? "https" : "http");
    }

    /** For connections that do not leave this machine. */
    public static PeerHttp plain() {
        return open(TransportSecurity.plain());
    }

    public HttpClient client() {
        return client;
    }

    /**
     * Sends a request and waits for its whole answer.
     *
     * @param patience for all of it; the timeout of a request ends with the head of its answer, and a peer that hangs in the middle of the body
     *     would be waited for without end
     * @param mostBytes of the body
     * @throws IOException if there is no whole answer of that size in time
     */
    public HttpResponse<byte[]> exchange(HttpRequest request, Duration patience, int mostBytes)
            throws IOException, InterruptedException {
        try {
            return exchangeAsync(request, patience, mostBytes).get();
        } catch (ExecutionException failed) {
            throw switch (failed.getCause()) {
                case IOException own -> own;
                case TimeoutException late ->
                    new HttpTimeoutException("no whole answer within " + patience.toMillis() + " ms");
                case Throwable other -> new IOException(other);
            };
        }
    }

    /** The same without waiting; fails with {@link TimeoutException} where the answer is late. */
    public CompletableFuture<HttpResponse<byte[]>> exchangeAsync(
            HttpRequest request, Duration patience, int mostBytes) {
        CompletableFuture<HttpResponse<byte[]>> call =
                client.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), mostBytes));
        return call.copy().orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS).whenComplete((answer, failed) -> {
            if (failed != null) {
                // Gives the connection back.
                call.cancel(true);
            }
        });
    }

    /** @param address {@code host:port} @param path with its leading slash, encoded */
    public URI uri(String address, String path) {
        return URI.create(scheme + "://" + address + path);
    }

    /** Ends open calls. */
    @Override
    public void close() {
        client.shutdownNow();
    }
}
