package io.nsfl.workload.kubernetes;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.nsfl.workload.Listeners;
import io.nsfl.workload.WorkloadEnd;
import io.nsfl.workload.WorkloadLauncher;
import io.nsfl.workload.WorkloadSpec;
import io.nsfl.workload.WorkloadStatus;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs workloads as pods. What was launched is remembered by Kubernetes: a new launcher of the same owner finds its pods by their labels.
 * Pods go on while the API is away, and what became of them meanwhile is told afterwards.
 */
public final class KubernetesWorkloadLauncher implements WorkloadLauncher {
    private static final Logger LOG = LoggerFactory.getLogger(KubernetesWorkloadLauncher.class);
    private static final Duration LOOK = Duration.ofSeconds(5);
    /** So often what the watch has told is compared with what there is. */
    private static final Duration COMPARE = Duration.ofSeconds(60);

    private static final Duration SHORTLY = Duration.ofMillis(50);
    private static final int MOST_LOOKS = 600;
    private static final Duration REPLACEMENT_GRACE = Duration.ofSeconds(10);

    private final KubernetesClient client;
    private final PodSettings settings;
    private final Surroundings surroundings;
    private final ApiCalls api;
    private final PodObjects objects;
    private final KnownPods known = new KnownPods();
    private final Map<String, ReentrantLock> names = new ConcurrentHashMap<>();
    private final Listeners listeners;
    private final PodWatch watch;
    private final List<ScheduledFuture<?>> looking;

    /**
     * What it needs of the process around it.
     *
     * @param random names Secrets
     * @param timer for short steps; not closed by the launcher
     * @param threads for calls of the API, which block
     */
    public record Surroundings(
            InstantSource clock, RandomGenerator random, ScheduledExecutorService timer, Executor threads) {}

    private KubernetesWorkloadLauncher(KubernetesClient client, PodSettings settings, Surroundings surroundings) {
        this.client = client;
        this.settings = settings;
        this.surroundings = surroundings;
        this.api = new ApiCalls(String.valueOf(client.getMasterUrl()));
        this.objects = new PodObjects(client, settings, api);
        this.listeners = new Listeners(surroundings.threads());
        this.watch = new PodWatch(client, settings, pod -> inThread(() -> seen(pod)), pod -> inThread(() -> gone(pod)));
        this.looking = List.of(every(LOOK, this::lookAtStarting), every(COMPARE, this::compare));
    }

    /** Returns once it knows its pods; waits for the API as long as it takes. */
    public static KubernetesWorkloadLauncher open(
            KubernetesAccess access, PodSettings settings, Surroundings surroundings) {
        return open(access.connect(), settings, surroundings);
    }

    static KubernetesWorkloadLauncher open(KubernetesClient client, PodSettings settings, Surroundings surroundings) {
        KubernetesWorkloadLauncher launcher = new KubernetesWorkloadLauncher(client, settings, surroundings);
        launcher.watch.open(launcher.api);
        // What the watch has told may still be on its way through the threads.
        launcher.compare();
        for (int looks = 0; launcher.known.closing() && looks < MOST_LOOKS && launcher.api.pause(SHORTLY); looks++) {
            // The last words of those that had ended are being read.
        }
        return launcher;
    }

    private ScheduledFuture<?> every(Duration period, Runnable step) {
        long millis = period.toMillis();
        return surroundings.timer().scheduleWithFixedDelay(() -> inThread(step), millis, millis, TimeUnit.MILLISECONDS);
    }

    private void inThread(Runnable step) {
        surroundings.threads().execute(() -> {
            try {
                step.run();
            } catch (RuntimeException e) {
                LOG.warn("A look at the pods failed and is repeated: {}", e.getMessage());
            }
        });
    }

    @Override
    public WorkloadStatus launch(WorkloadSpec spec) {
        return exclusively(spec.name(), () -> {
            Optional<Pod> present = objects.find(spec.name());
            if (present.isPresent() && isThis(present.get(), spec)) {
                return made(spec, present.get());
            }
            if (present.isPresent() || known.find(spec.name()).isPresent()) {
                // Its Service stays: who knows its address need not learn another.
                end(spec.name(), () -> objects.deletePod(spec.name(), REPLACEMENT_GRACE));
            }
            spec.service().ifPresent(service -> objects.ensureService(spec, service));
            String secret = spec.name() + "-"
                    + HexFormat.of().toHexDigits(surroundings.random().nextInt());
            return made(spec, objects.create(spec, secret));
        });
    }

    private boolean isThis(Pod pod, WorkloadSpec spec) {
        boolean ended = known.find(spec.name())
                .filter(ours -> ours.uid().equals(pod.getMetadata().getUid()))
                .flatMap(KnownPod::end)
                .or(() -> PodReading.end(pod))
                .isPresent();
        return !ended
                && pod.getMetadata().getDeletionTimestamp() == null
                && PodLabels.revision(pod).equals(spec.revision());
    }

    /** Also of a pod that is adopted: whoever made it may have been stopped before he had made the rest. */
    private WorkloadStatus made(WorkloadSpec spec, Pod pod) {
        spec.service().ifPresent(service -> objects.ensureService(spec, service));
        objects.ensureSecret(spec, pod);
        KnownPod now = known.seen(pod).orElseGet(() -> KnownPod.of(pod));
        listeners.tell(now.status());
        return now.status();
    }

    @Override
    public Optional<WorkloadStatus> find(String name) {
        return known.find(name).map(KnownPod::status);
    }

    @Override
    public String log(String name, int mostBytes) {
        String tail = PodLog.tail(objects.pod(name), mostBytes);
        return tail.isEmpty() ? known.find(name).map(KnownPod::logTail).orElse("") : tail;
    }

    @Override
    public List<WorkloadStatus> list(Map<String, String> labels) {
        return known.all().stream()
                .filter(pod -> pod.carries(labels))
                .map(KnownPod::status)
                .toList();
    }

    @Override
    public void stop(String name, Duration grace) {
        exclusively(name, () -> {
            end(name, () -> objects.delete(name, grace));
            return name;
        });
    }

    private void end(String name, Runnable deletion) {
        // That it ends now is no news.
        known.find(name).ifPresent(known::close);
        try {
            deletion.run();
        } catch (RuntimeException unfinished) {
            known.reopen(name);
            throw unfinished;
        }
        known.forget(name);
    }

    @Override
    public Watch watch(Map<String, String> labels, Consumer<WorkloadStatus> listener) {
        return listeners.add(labels, listener, list(labels));
    }

    @Override
    public void close() {
        looking.forEach(look -> look.cancel(false));
        api.close();
        watch.close();
        listeners.close();
        client.close();
    }

    private void seen(Pod pod) {
        known.seen(pod).ifPresent(this::consider);
    }

    private void consider(KnownPod pod) {
        PodReading.end(pod.pod()).ifPresentOrElse(end -> ended(pod, end), () -> listeners.tell(pod.status()));
    }

    /** Its pod is no more, and nobody here asked for that. */
    private void gone(Pod pod) {
        known.seen(pod).ifPresent(last -> ended(last, PodReading.end(pod).orElseGet(PodReading::deleted)));
    }

    private void ended(KnownPod pod, WorkloadEnd end) {
        if (!known.close(pod)) {
            return;
        }
        String log = PodLog.tail(objects.pod(pod.name()), PodLog.TAIL);
        known.ended(pod, end, log.isEmpty() ? PodReading.lastWords(pod.pod()) : log)
                .ifPresent(now -> {
                    LOG.info("Pod {} has ended: {}", now.name(), end.describe());
                    listeners.tell(now.status());
                });
    }

    private void lookAtStarting() {
        for (KnownPod pod : known.all()) {
            if (!pod.closing() && !PodReading.running(pod.pod())) {
                PodStart.failure(pod.pod(), surroundings.clock().instant(), settings, () -> objects.warning(pod.pod()))
                        .ifPresent(end -> ended(pod, end));
            }
        }
    }

    private void compare() {
        List<KnownPod> before = known.all();
        Set<String> present = new HashSet<>();
        for (Pod pod : objects.all()) {
            present.add(pod.getMetadata().getUid());
            seen(pod);
        }
        for (KnownPod pod : before) {
            if (!pod.closing() && !present.contains(pod.uid())) {
                gone(pod.pod());
            }
        }
    }

    private <T> T exclusively(String name, Supplier<T> step) {
        ReentrantLock lock = names.computeIfAbsent(name, key -> new ReentrantLock());
        lock.lock();
        try {
            return step.get();
        } finally {
            lock.unlock();
        }
    }
}
