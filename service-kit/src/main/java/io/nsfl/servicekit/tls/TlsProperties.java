package io.nsfl.servicekit.tls;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * The one switch of TLS.
 *
 * @param directory with {@code tls.crt}, {@code tls.key} and {@code ca.crt}, as a Kubernetes secret of type TLS is mounted; empty = no TLS
 * @param clientAuth whether callers show a certificate that {@code ca.crt} vouches for
 * @param reloadInterval how often the files are looked at
 * @param authority the name that servers' certificates have to carry; empty = the host that is dialled
 */
@ConfigurationProperties(prefix = "nsfl.tls")
public record TlsProperties(
        @DefaultValue("") String directory,
        @DefaultValue("none") ClientAuth clientAuth,
        @DefaultValue("10s") Duration reloadInterval,
        @DefaultValue("") String authority) {
    /** What this environment says, for where there is no application context. */
    public static TlsProperties in(ConfigurableEnvironment environment) {
        ConfigurationPropertySources.attach(environment);
        return Binder.get(environment).bindOrCreate("nsfl.tls", TlsProperties.class);
    }

    /** As variables that bind to the same in a process that is launched; none where TLS is off. */
    public Map<String, String> asEnvironment() {
        return directory.isBlank()
                ? Map.of()
                : Map.of(
                        "NSFL_TLS_DIRECTORY",
                                Path.of(directory).toAbsolutePath().toString(),
                        "NSFL_TLS_CLIENTAUTH", clientAuth.name().toLowerCase(Locale.ROOT),
                        "NSFL_TLS_RELOADINTERVAL", reloadInterval.toString(),
                        "NSFL_TLS_AUTHORITY", authority);
    }

    /** Whether a caller's certificate is asked for. */
    public enum ClientAuth {
        NONE,
        WANT,
        NEED
    }
}
