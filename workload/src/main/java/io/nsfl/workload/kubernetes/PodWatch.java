package io.nsfl.workload.kubernetes;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Follows the pods of one owner. A connection that breaks is opened again, for ever, and what was missed is told then. */
final class PodWatch {
    private static final Logger LOG = LoggerFactory.getLogger(PodWatch.class);
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final int LOOKS_A_COMPLAINT = 100;

    private final SharedIndexInformer<Pod> informer;

    /** @param seen hears of each pod and each change of it @param gone hears of each that is no more; neither may block */
    PodWatch(KubernetesClient client, PodSettings settings, Consumer<Pod> seen, Consumer<Pod> gone) {
        informer = client.pods()
                .inNamespace(settings.namespace())
                .withLabels(PodLabels.selector(settings))
                .runnableInformer(0);
        informer.addEventHandler(new ResourceEventHandler<>() {
            @Override
            public void onAdd(Pod pod) {
                seen.accept(pod);
            }

            @Override
            public void onUpdate(Pod before, Pod pod) {
                seen.accept(pod);
            }

            @Override
            public void onDelete(Pod pod, boolean finalStateUnknown) {
                gone.accept(pod);
            }
        });
        informer.exceptionHandler((started, failure) -> {
            LOG.warn("The watch of the pods is opened again: {}", failure.getMessage());
            return true;
        });
    }

    /** Returns once it has told of all that is there. */
    void open(ApiCalls api) {
        informer.start();
        for (int looks = 1; !informer.hasSynced() && api.pause(LOOK); looks++) {
            if (looks % LOOKS_A_COMPLAINT == 0) {
                LOG.warn("Still waiting for the Kubernetes API to list the pods");
            }
        }
    }

    void close() {
        informer.stop();
    }
}
