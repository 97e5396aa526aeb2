package io.nsfl.servicekit.tls;

import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.TlsChannelCredentials;
import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.AdvancedTlsX509TrustManager;
import io.nsfl.protocol.fault.FaultException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How this process's connections are secured: not at all, or by TLS with certificate, key and authorities from files. Handshakes use what
 * was read last; open connections stay as they are. Files that cannot be used any more are passed over, with a warning, until they are
 * mended: what was read before them holds. The host that is dialled must be in the server's certificate (as a DNS name or an IP address).
 *
 * <p>Safe from any thread.
 */
public final class TransportSecurity implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TransportSecurity.class);

    private final Optional<TlsFiles> files;
    private final String authority;
    private final AdvancedTlsX509KeyManager keys = new AdvancedTlsX509KeyManager();
    private final AdvancedTlsX509TrustManager trust;
    private final AdvancedTlsX509TrustManager chains;
    private ScheduledExecutorService watch;
    private TlsMaterial current;
    private String trouble = "";

    private TransportSecurity(Optional<TlsFiles> files, String authority) {
        this.files = files;
        this.authority = authority;
        try {
            trust = AdvancedTlsX509TrustManager.newBuilder().build();
            chains = AdvancedTlsX509TrustManager.newBuilder()
                    .setVerification(AdvancedTlsX509TrustManager.Verification.CERTIFICATE_ONLY_VERIFICATION)
                    .build();
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("This JDK lacks X.509", missing);
        }
    }

    /** No security: for connections that do not leave this machine, and where TLS is not configured. */
    public static TransportSecurity plain() {
        return new TransportSecurity(Optional.empty(), "");
    }

    /**
     * TLS with what these files hold now.
     *
     * @param authority the name that servers' certificates have to carry; empty = the host that is dialled
     * @throws FaultException CONFIGURATION_INVALID naming every file that cannot be used
     */
    public static TransportSecurity tls(TlsFiles files, String authority) {
        TransportSecurity security = new TransportSecurity(Optional.of(files), authority);
        security.use(files.read());
        return security;
    }

    /**
     * What the switch says.
     *
     * @throws FaultException CONFIGURATION_INVALID naming every file that cannot be used
     */
    public static TransportSecurity of(TlsProperties properties) {
        return properties.directory().isBlank()
                ? plain()
                : tls(TlsFiles.of(Path.of(properties.directory()).toAbsolutePath()), properties.authority());
    }

    /** Whether connections are secured. */
    public boolean secured() {
        return files.isPresent();
    }

    /** The name to expect in servers' certificates, where it is not the host that is dialled. */
    public Optional<String> authority() {
        return authority.isEmpty() ? Optional.empty() : Optional.of(authority);
    }

    /** For gRPC channels. */
    public ChannelCredentials channelCredentials() {
        if (files.isEmpty()) {
            return InsecureChannelCredentials.create();
        }
        TlsChannelCredentials.Builder credentials =
                TlsChannelCredentials.newBuilder().trustManager(trust);
        if (files.get().identity().isPresent()) {
            credentials.keyManager(keys);
        }
        return credentials.build();
    }

    /** For HTTPS, clients of the JDK and servers; absent where connections are not secured. */
    public Optional<SSLContext> sslContext() {
        if (files.isEmpty()) {
            return Optional.empty();
        }
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(
                    files.get().identity().isPresent() ? new KeyManager[] {keys} : null,
                    new TrustManager[] {authority.isEmpty() ? trust : new NamedServer(chains, authority)},
                    null);
            return Optional.of(context);
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("This JDK lacks TLS", missing);
        }
    }

    /** Shows the own certificate; for servers. */
    KeyManager keyManager() {
        return keys;
    }

    /** The own certificate and those behind it, as they are now. */
    synchronized List<X509Certificate> chain() {
        return current == null ? List.of() : current.chain();
    }

    /** Those who are trusted now. */
    synchronized List<X509Certificate> authorities() {
        return current == null ? List.of() : current.authorities();
    }

    /** Checks the other side's. */
    TrustManager trustManager() {
        return trust;
    }

    /** Looks at the files this often from now on, on a thread of its own, until closed. */
    public synchronized TransportSecurity watching(Duration every) {
        if (files.isPresent() && watch == null) {
            watch = Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().name("nsfl-tls-files").daemon().factory());
            watch.scheduleWithFixedDelay(this::reload, every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
        }
        return this;
    }

    /** Reads the files again. @return whether something new is in use */
    public synchronized boolean reload() {
        if (files.isEmpty()) {
            return false;
        }
        try {
            TlsMaterial latest = files.get().read();
            trouble = "";
            if (latest.equals(current)) {
                return false;
            }
            use(latest);
            LOG.info("New certificates are in use for new connections");
            return true;
        } catch (RuntimeException unusable) {
            String told = String.valueOf(unusable.getMessage());
            if (!told.equals(trouble)) {
                LOG.warn("The TLS files changed and cannot be used; what was read before them holds: {}", told);
                trouble = told;
            }
            return false;
        }
    }

    private synchronized void use(TlsMaterial material) {
        try {
            if (material.key().isPresent()) {
                keys.updateIdentityCredentials(
                        material.chain().toArray(X509Certificate[]::new),
                        material.key().get());
            }
            X509Certificate[] authorities = material.authorities().toArray(X509Certificate[]::new);
            trust.updateTrustCredentials(authorities);
            chains.updateTrustCredentials(authorities);
            current = material;
        } catch (GeneralSecurityException | java.io.IOException unusable) {
            throw new IllegalStateException("The certificates cannot be used: " + unusable.getMessage(), unusable);
        }
    }

    @Override
    public synchronized void close() {
        if (watch != null) {
            watch.shutdownNow();
        }
    }
}
