package io.nsfl.proxy;

import io.nsfl.servicekit.lifecycle.ConfigurationProblems;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The proxy's configuration; {@code nsfl-proxy.yaml} says which environment variable sets what. The port of health and metrics is
 * {@code server.port}; the one for clients stands in nginx's configuration.
 *
 * @param bind where the route API listens
 * @param routePort of the route API; 0 = any
 * @param doorPort on loopback, where nginx asks; the same as in nginx's configuration; 0 = any
 * @param selectorAddress {@code host:port} of the client-selector
 * @param jobSchedulerAddress {@code host:port} that all routes are asked from; empty = they come by the route API only
 * @param token that the route API asks for; empty = the internal secret
 * @param internalSecretFile the server side's secret
 * @param nginx the program
 * @param configuration nginx's configuration file
 * @param directory that nginx may write to
 * @param lookInterval how often the configuration and the files that it names are looked at
 * @param rebuildInterval how often all routes are asked for
 */
@ConfigurationProperties(prefix = "nsfl.proxy", ignoreUnknownFields = false)
public record ProxyProperties(
        @DefaultValue("0.0.0.0") String bind,
        @DefaultValue("9003") int routePort,
        @DefaultValue("9004") int doorPort,
        @DefaultValue("") String selectorAddress,
        @DefaultValue("") String jobSchedulerAddress,
        @DefaultValue("") String token,
        @DefaultValue("/var/lib/nsfl/internal-secret") Path internalSecretFile,
        @DefaultValue("nginx") String nginx,
        @DefaultValue("/nginx/conf/nginx.conf") Path configuration,
        @DefaultValue("/tmp/nginx") Path directory,
        @DefaultValue("5s") Duration lookInterval,
        @DefaultValue("30s") Duration rebuildInterval) {
    private static final Pattern ADDRESS = Pattern.compile("[^\\s:/]+:[0-9]{1,5}");

    public ProxyProperties {
        ConfigurationProblems problems = new ConfigurationProblems("proxy");
        problems.unless(
                ADDRESS.matcher(selectorAddress).matches(),
                "SELECTOR_ADDRESS",
                selectorAddress,
                "host:port of the client-selector is needed");
        problems.unless(
                jobSchedulerAddress.isEmpty()
                        || ADDRESS.matcher(jobSchedulerAddress).matches(),
                "JOB_SCHEDULER_ADDRESS",
                jobSchedulerAddress,
                "host:port is needed, or nothing");
        problems.unless(port(routePort), "ROUTE_PORT", routePort, "a port is needed");
        problems.unless(
                port(doorPort) && (doorPort == 0 || doorPort != routePort),
                "DOOR_PORT",
                doorPort,
                "a port is needed that nothing else has");
        problems.unless(configuration.isAbsolute(), "NSFL_NGINX_CONF", configuration, "an absolute path is needed");
        problems.unless(directory.isAbsolute(), "NSFL_NGINX_DIR", directory, "an absolute path is needed");
        problems.raise();
    }

    private static boolean port(int number) {
        return number >= 0 && number < 65536;
    }
}
