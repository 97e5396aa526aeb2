package io.nsfl.workload.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMixedDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.ServerRequest;
import io.fabric8.mockwebserver.ServerResponse;
import io.fabric8.mockwebserver.http.Dispatcher;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An API server that remembers objects, with a node; it can be told to fail. */
final class MockCluster implements AutoCloseable {
    static final String NAMESPACE = "test";
    private static final Pattern LOG = Pattern.compile("/api/v1/namespaces/[^/]+/pods/([^/]+)/log\\?.*");

    private final AtomicInteger failures = new AtomicInteger();
    private final KubernetesMockServer server;
    private final PretendKubelet kubelet;

    MockCluster(Path directory) {
        Map<ServerRequest, Queue<ServerResponse>> expected = new HashMap<>();
        KubernetesMixedDispatcher objects = new KubernetesMixedDispatcher(expected);
        Dispatcher dispatcher = new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                Matcher log = LOG.matcher(request.getPath());
                if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                    return new MockResponse().setResponseCode(503);
                }
                return log.matches()
                        ? new MockResponse().setResponseCode(200).setBody(kubelet.logOf(log.group(1)))
                        : objects.dispatch(request);
            }
        };
        server = new KubernetesMockServer(new Context(), new MockWebServer(), expected, dispatcher, false);
        server.init();
        kubelet = new PretendKubelet(server.createClient(), NAMESPACE, directory);
    }

    KubernetesMockServer server() {
        return server;
    }

    KubernetesClient connect() {
        return server.createClient();
    }

    /** The next requests are answered as by a server that is not there yet. */
    void failNext(int requests) {
        failures.set(requests);
    }

    @Override
    public void close() {
        kubelet.close();
        try {
            server.destroy();
        } catch (IllegalStateException stuck) {
            // A watch that is closed while the mock sends it an event: the mock's event loop waits for that event,
            // which only
            // the loop itself could send, and its own limit ends this. Every assertion has been made by then.
        }
    }
}
