package io.nsfl.workload.kubernetes;

import io.fabric8.kubernetes.api.model.Pod;
import io.nsfl.workload.WorkloadEnd;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The pods of this service as they were last seen, by name. An ended one stays until it is forgotten, also when somebody deleted its pod:
 * its end is news until somebody took note. Safe from any thread.
 */
final class KnownPods {
    private static final int REMEMBERED = 1000;

    private final Map<String, KnownPod> pods = new TreeMap<>();
    /** Pods that were ended on purpose: late news of them is none. */
    private final Set<String> forgotten = new LinkedHashSet<>();

    synchronized Optional<KnownPod> find(String name) {
        return Optional.ofNullable(pods.get(name));
    }

    synchronized List<KnownPod> all() {
        return List.copyOf(pods.values());
    }

    /** Whether the end of one is being written up. */
    synchronized boolean closing() {
        return pods.values().stream().anyMatch(pod -> pod.closing() && pod.end().isEmpty());
    }

    /** @return what is known now; empty when this pod is of no interest any more */
    synchronized Optional<KnownPod> seen(Pod pod) {
        KnownPod present = pods.get(pod.getMetadata().getName());
        if (forgotten.contains(pod.getMetadata().getUid())) {
            return Optional.empty();
        }
        KnownPod now =
                present == null || !present.uid().equals(pod.getMetadata().getUid())
                        ? KnownPod.of(pod)
                        : present.seen(pod);
        pods.put(now.name(), now);
        return Optional.of(now);
    }

    /** Claims to write up the end of just this pod. @return whether nobody else does */
    synchronized boolean close(KnownPod pod) {
        KnownPod present = same(pod);
        if (present == null || present.closing()) {
            return false;
        }
        pods.put(present.name(), present.nowClosing());
        return true;
    }

    /** Its end was not written up after all. */
    synchronized void reopen(String name) {
        KnownPod present = pods.get(name);
        if (present != null && present.end().isEmpty()) {
            pods.put(name, KnownPod.of(present.pod()));
        }
    }

    /** @return what is known now; empty when this pod was forgotten meanwhile */
    synchronized Optional<KnownPod> ended(KnownPod pod, WorkloadEnd end, String logTail) {
        KnownPod present = same(pod);
        if (present == null) {
            return Optional.empty();
        }
        KnownPod ended = present.ended(end, logTail);
        pods.put(ended.name(), ended);
        return Optional.of(ended);
    }

    private KnownPod same(KnownPod pod) {
        KnownPod present = pods.get(pod.name());
        return present != null && present.uid().equals(pod.uid()) ? present : null;
    }

    synchronized void forget(String name) {
        KnownPod pod = pods.remove(name);
        if (pod != null) {
            forgotten.add(pod.uid());
            if (forgotten.size() > REMEMBERED) {
                forgotten.remove(forgotten.iterator().next());
            }
        }
    }
}
