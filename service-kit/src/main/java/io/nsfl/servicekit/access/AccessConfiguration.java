package io.nsfl.servicekit.access;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.servicekit.access.token.KeyEndpoint;
import io.nsfl.servicekit.access.token.KeyFile;
import io.nsfl.servicekit.access.token.TokenCheck;
import io.nsfl.servicekit.access.token.TokenKeys;
import io.nsfl.servicekit.security.InternalSecret;
import io.nsfl.servicekit.tls.TlsProperties;
import io.nsfl.servicekit.tls.TlsProperties.ClientAuth;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/**
 * Imported by every service with REST for users. The service brings an {@link InternalSecret}; a {@link NamespaceAccess} where its storage can
 * check credentials; a {@link NamespaceLookup} where it has paths without a namespace.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(AccessProperties.class)
public class AccessConfiguration {
    private static final Logger LOG = LoggerFactory.getLogger(AccessConfiguration.class);

    @Bean
    CallerRights callerRights() {
        return new CallerRights();
    }

    @Bean
    Login login(
            AccessProperties properties,
            Environment environment,
            ObjectProvider<NamespaceAccess> storage,
            ObjectProvider<InstantSource> clocks) {
        InstantSource clock = clocks.getIfUnique(InstantSource::system);
        return switch (mode(properties, environment)) {
            case OFF -> Login.open();
            case STORAGE ->
                new StorageLogin(
                        storage.stream()
                                .findFirst()
                                .orElseThrow(() -> new FaultException(
                                        Fault.CONFIGURATION_INVALID,
                                        "nsfl.auth.mode storage needs an object store that checks credentials, and the storage here is a"
                                                + " directory (posix): set nsfl.auth.mode=token.")),
                        new AttemptLimit(clock),
                        clock,
                        new SecureRandom());
            case TOKEN -> new TokenLogin(tokens(properties.token(), clock), new AttemptLimit(clock));
        };
    }

    @Bean
    FilterRegistrationBean<AccessFilter> accessFilter(
            Login login,
            InternalSecret secret,
            ObjectProvider<NamespaceLookup> lookup,
            ObjectProvider<InstantSource> clocks,
            ObjectProvider<TlsProperties> tls) {
        LOG.info("REST access: {}", login.word());
        AccessFilter filter = new AccessFilter(
                login,
                secret,
                Optional.ofNullable(lookup.getIfUnique()),
                new Audit(clocks.getIfUnique(InstantSource::system)),
                tls.stream()
                        .anyMatch(switched ->
                                !switched.directory().isBlank() && switched.clientAuth() == ClientAuth.NEED));
        FilterRegistrationBean<AccessFilter> registration = new FilterRegistrationBean<>(filter);
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
        registration.setAsyncSupported(true);
        return registration;
    }

    private static AccessMode mode(AccessProperties properties, Environment environment) {
        String address = environment.getProperty("server.address", "0.0.0.0");
        boolean reachable = !loopback(address);
        if (properties.mode().isEmpty() && reachable) {
            throw new FaultException(
                    Fault.CONFIGURATION_INVALID,
                    "The service would listen on %s, where others reach it, without any login: set nsfl.auth.mode (NSFL_AUTH_MODE) to"
                                    .formatted(address)
                            + " storage or token, or to off if everybody may do everything.");
        }
        AccessMode mode = properties.mode().orElse(AccessMode.OFF);
        if (mode == AccessMode.OFF && reachable) {
            LOG.warn(
                    "ACCESS IS NOT CONTROLLED: whoever reaches {} may read, change and delete every namespace (nsfl.auth.mode=off)",
                    address);
        }
        return mode;
    }

    private static boolean loopback(String address) {
        try {
            return InetAddress.getByName(address).isLoopbackAddress();
        } catch (UnknownHostException unknown) {
            return false;
        }
    }

    private static TokenCheck tokens(AccessProperties.Token token, InstantSource clock) {
        List<TokenKeys> keys = new ArrayList<>();
        token.keyFiles().forEach(file -> keys.add(new KeyFile(file)));
        HttpClient http = HttpClient.newBuilder()
                .connectTimeout(Duration.ofSeconds(5))
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
        token.jwksUri().ifPresent(uri -> keys.add(KeyEndpoint.of(http, uri, clock)));
        token.oidcIssuer().ifPresent(uri -> keys.add(KeyEndpoint.ofIssuer(http, uri, clock)));
        if (keys.isEmpty()) {
            throw new FaultException(
                    Fault.CONFIGURATION_INVALID,
                    "nsfl.auth.mode token needs keys: set nsfl.auth.token.key-files, .jwks-uri or .oidc-issuer.");
        }
        String issuer = token.issuer()
                .or(() -> token.oidcIssuer().map(URI::toString))
                .orElseThrow(() -> new FaultException(
                        Fault.CONFIGURATION_INVALID,
                        "nsfl.auth.mode token needs the issuer that tokens must name: set nsfl.auth.token.issuer."));
        return new TokenCheck(keys, issuer, token.audience(), clock);
    }
}
