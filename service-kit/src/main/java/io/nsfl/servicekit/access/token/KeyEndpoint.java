package io.nsfl.servicekit.access.token;

import com.nimbusds.jose.jwk.JWK;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.job.JobJson;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keys that a provider publishes, asked for again every five minutes, and when a token names one that is not known (at most every half
 * minute). While the provider is away, the keys before stay. A symmetric key is never taken from the network. Thread-safe.
 */
public final class KeyEndpoint implements TokenKeys {
    private static final Logger LOG = LoggerFactory.getLogger(KeyEndpoint.class);
    private static final Duration FRESH = Duration.ofMinutes(5);
    private static final Duration PAUSE = Duration.ofSeconds(30);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final int LIMIT = 1 << 20;
    private static final String DISCOVERY = "/.well-known/openid-configuration";

    private final HttpClient http;
    private final URI address;
    private final boolean discovers;
    private final InstantSource clock;
    private List<JWK> keys = List.of();
    private Instant asked = Instant.MIN;
    private Instant answered = Instant.MIN;

    private KeyEndpoint(HttpClient http, URI address, boolean discovers, InstantSource clock) {
        if (!"https".equals(address.getScheme())
                && !List.of("127.0.0.1", "localhost", "[::1]").contains(address.getHost())) {
            throw new FaultException(
                    Fault.CONFIGURATION_INVALID,
                    "The token keys' address " + address
                            + " is not https: over plain http anybody on the way could forge keys.");
        }
        this.http = http;
        this.address = address;
        this.discovers = discovers;
        this.clock = clock;
    }

    /** @param jwks where the JWK set is */
    public static KeyEndpoint of(HttpClient http, URI jwks, InstantSource clock) {
        return new KeyEndpoint(http, jwks, false, clock);
    }

    /** @param issuer of OpenID Connect, whose discovery document names the JWK set */
    public static KeyEndpoint ofIssuer(HttpClient http, URI issuer, InstantSource clock) {
        return new KeyEndpoint(http, issuer, true, clock);
    }

    @Override
    public synchronized List<JWK> find(String keyId) {
        Instant now = clock.instant();
        List<JWK> found = TokenKeys.fitting(keys, keyId);
        boolean old = answered.equals(Instant.MIN) || !now.isBefore(answered.plus(FRESH));
        boolean may = asked.equals(Instant.MIN) || !now.isBefore(asked.plus(PAUSE));
        if ((old || found.isEmpty()) && may) {
            asked = now;
            ask(now);
            found = TokenKeys.fitting(keys, keyId);
        }
        if (keys.isEmpty()) {
            throw new FaultException(
                    Fault.UNAVAILABLE,
                    "The keys that tokens are checked with cannot be had now: try again.",
                    PAUSE,
                    null);
        }
        return found;
    }

    private void ask(Instant now) {
        try {
            URI jwks = discovers ? discovered() : address;
            keys = KeyText.parse(get(jwks)).stream()
                    .filter(key -> !KeyText.symmetric(key))
                    .toList();
            answered = now;
        } catch (IOException | ParseException | FaultException | IllegalArgumentException failed) {
            LOG.warn("The token keys of {} cannot be had: {}", address, failed.toString());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private URI discovered() throws IOException, InterruptedException {
        String base = address.toString().replaceAll("/+$", "");
        var document = JobJson.object(get(URI.create(base + DISCOVERY)).getBytes(StandardCharsets.UTF_8));
        if (!document.path("issuer").asString("").equals(address.toString())) {
            throw new IOException("the discovery document names another issuer");
        }
        URI jwks = URI.create(document.path("jwks_uri").asString(""));
        // The same rule for what the document names as for what the configuration names.
        return new KeyEndpoint(http, jwks, false, clock).address;
    }

    private String get(URI uri) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(uri)
                .timeout(TIMEOUT)
                .header("Accept", "application/json")
                .build();
        HttpResponse<InputStream> response = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream body = response.body()) {
            byte[] content = body.readNBytes(LIMIT + 1);
            if (response.statusCode() != 200 || content.length > LIMIT) {
                throw new IOException("answered " + response.statusCode() + " with " + content.length + " bytes");
            }
            return new String(content, StandardCharsets.UTF_8);
        }
    }
}
