package io.nsfl.scheduler;

import io.nsfl.servicekit.lifecycle.ConfigurationProblems;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The proxy that leads clients to coordinators.
 *
 * @param proxyAddress {@code host:port} of its route API; empty = there is none, and clients dial coordinators themselves
 * @param token that the route API asks for; empty = the internal secret
 */
@ConfigurationProperties(prefix = "nsfl.routes", ignoreUnknownFields = false)
public record RouteProperties(
        @DefaultValue("") String proxyAddress,
        @DefaultValue("") String token) {
    private static final Pattern ADDRESS =
            Pattern.compile("[A-Za-z0-9._\\-]+:[0-9]{1,5}|\\[[0-9a-fA-F:.]+]:[0-9]{1,5}");

    public RouteProperties {
        ConfigurationProblems problems = new ConfigurationProblems("job-scheduler");
        problems.unless(
                proxyAddress.isEmpty() || ADDRESS.matcher(proxyAddress).matches(),
                "PROXY_ADDRESS",
                proxyAddress,
                "host:port of the proxy's route API is needed, or nothing");
        problems.raise();
    }

    /** Whether clients reach coordinators through a proxy. */
    public boolean viaProxy() {
        return !proxyAddress.isEmpty();
    }
}
