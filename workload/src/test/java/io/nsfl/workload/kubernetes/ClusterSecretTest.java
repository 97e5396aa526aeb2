package io.nsfl.workload.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.nsfl.protocol.fault.FaultException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterSecretTest {
    private static final String SITE = "site";

    @TempDir
    Path directory;

    private MockCluster cluster;
    private KubernetesClient client;

    @BeforeEach
    void start() {
        cluster = new MockCluster(directory);
        client = cluster.connect();
    }

    @AfterEach
    void stop() {
        client.close();
        cluster.close();
    }

    @Test
    void whoComesLaterGetsWhatTheFirstMade() {
        assertThat(load("first")).isEqualTo("first");
        assertThat(load("second")).isEqualTo("first");
    }

    @Test
    void anApiThatComesLateIsWaitedFor() {
        cluster.failNext(2);
        assertThat(load("made")).isEqualTo("made");
    }

    @Test
    void aSecretOfSomebodyElseIsNamed() {
        client.secrets()
                .inNamespace(SITE)
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName("nsfl-internal")
                        .endMetadata()
                        .withData(Map.of("other", ""))
                        .build())
                .create();
        assertThatThrownBy(() -> load("made"))
                .isInstanceOf(FaultException.class)
                .hasMessageContaining("Secret nsfl-internal in namespace site has no key secret");
    }

    @Test
    void podsThatWaitForItAreTouchedOnceAndOthersAreNot() {
        pod("proxy", "nsfl");
        pod("database", "postgresql");
        load("made");
        pod("selector", "nsfl");
        load("made");
        assertThat(annotations("proxy")).containsEntry("nsfl.io/made", "nsfl-internal");
        assertThat(annotations("database")).isNullOrEmpty();
        assertThat(annotations("selector")).isNullOrEmpty();
    }

    private String load(String made) {
        return ClusterSecret.loadOrCreate(client, SITE, "nsfl-internal", "secret", () -> made);
    }

    private void pod(String name, String partOf) {
        client.pods()
                .inNamespace(SITE)
                .resource(new PodBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .addToLabels("app.kubernetes.io/part-of", partOf)
                        .endMetadata()
                        .build())
                .create();
    }

    private Map<String, String> annotations(String name) {
        return client.pods()
                .inNamespace(SITE)
                .withName(name)
                .get()
                .getMetadata()
                .getAnnotations();
    }
}
