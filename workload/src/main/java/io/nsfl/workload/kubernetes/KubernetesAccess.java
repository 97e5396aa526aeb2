package io.nsfl.workload.kubernetes;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * How the Kubernetes API is reached: with the service account of the pod that this runs in, or, outside a cluster, at an address with a
 * token. Certificates are always verified.
 */
public final class KubernetesAccess {
    private static final Path ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");
    private static final int REQUEST_MILLIS = 10_000;
    private static final int CONNECT_MILLIS = 5_000;

    private final Config config;
    private final String namespace;

    private KubernetesAccess(Config config, String namespace) {
        this.config = config;
        this.namespace = namespace;
    }

    /**
     * @param environment {@code KUBERNETES_SERVICE_HOST} and {@code _PORT} in a pod; K8S_ADDRESS, K8S_API_PROTOCOL, K8S_API_TOKEN,
     *     K8S_CA_FILE, K8S_NAMESPACE
     * @throws FaultException CONFIGURATION_INVALID when there is neither a service account nor an address
     */
    public static KubernetesAccess of(Map<String, String> environment) {
        return of(environment, ACCOUNT);
    }

    static KubernetesAccess of(Map<String, String> environment, Path account) {
        Path token = account.resolve("token");
        boolean inside = environment.containsKey("KUBERNETES_SERVICE_HOST") && Files.isRegularFile(token);
        Config config = inside ? inside(environment, account) : outside(environment);
        String namespace = given(environment, "K8S_NAMESPACE")
                .or(() -> inside ? Optional.of(read(account.resolve("namespace"))) : Optional.empty())
                .orElse("default");
        return new KubernetesAccess(config, namespace);
    }

    private static Config inside(Map<String, String> environment, Path account) {
        String host = environment.get("KUBERNETES_SERVICE_HOST");
        return bounded()
                .withMasterUrl("https://" + (host.contains(":") ? "[" + host + "]" : host) + ":"
                        + environment.getOrDefault("KUBERNETES_SERVICE_PORT", "443"))
                .withCaCertFile(account.resolve("ca.crt").toString())
                // Read each time: the kubelet renews it.
                .withOauthTokenProvider(() -> read(account.resolve("token")))
                .build();
    }

    private static Config outside(Map<String, String> environment) {
        String address = given(environment, "K8S_ADDRESS")
                .filter(value -> !value.startsWith("0.0.0.0"))
                .orElseThrow(() -> new FaultException(
                        Fault.CONFIGURATION_INVALID,
                        "Kubernetes cannot be reached: this process has no service account, and K8S_ADDRESS does not name the"
                                + " API's host:port."));
        ConfigBuilder config =
                bounded().withMasterUrl(environment.getOrDefault("K8S_API_PROTOCOL", "http") + "://" + address);
        given(environment, "K8S_API_TOKEN").ifPresent(config::withOauthToken);
        given(environment, "K8S_CA_FILE").ifPresent(config::withCaCertFile);
        return config.build();
    }

    private static ConfigBuilder bounded() {
        return new ConfigBuilder(Config.empty())
                .withRequestTimeout(REQUEST_MILLIS)
                .withConnectionTimeout(CONNECT_MILLIS)
                .withRequestRetryBackoffLimit(2)
                .withTrustCerts(false);
    }

    private static Optional<String> given(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).map(String::strip).filter(value -> !value.isEmpty());
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("The service account's " + file + " cannot be read", e);
        }
    }

    /** Where pods are made. */
    public String namespace() {
        return namespace;
    }

    KubernetesClient connect() {
        return new KubernetesClientBuilder().withConfig(config).build();
    }

    @Override
    public String toString() {
        return config.getMasterUrl() + " namespace " + namespace;
    }
}
