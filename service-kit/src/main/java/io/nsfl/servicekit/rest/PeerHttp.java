package io.nsfl.servicekit.rest;

import io.nsfl.servicekit.tls.TransportSecurity;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;

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
