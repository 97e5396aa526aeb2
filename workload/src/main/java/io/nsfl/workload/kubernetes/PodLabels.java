package io.nsfl.workload.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.nsfl.workload.WorkloadSpec;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The labels of what is made for a workload: those that Kubernetes recommends, and the workload's own under {@code nsfl.io/}. */
final class PodLabels {
    static final String WORKLOAD = "nsfl.io/workload";
    private static final String OWN = "nsfl.io/";
    private static final String REVISION = "nsfl.io/revision";
    private static final String COMPONENT = "component";
    private static final String OWNER = "app.kubernetes.io/managed-by";

    private PodLabels() {}

    static Map<String, String> of(WorkloadSpec spec, PodSettings settings) {
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put("app", spec.name());
        String component = spec.labels().getOrDefault(COMPONENT, "workload");
        labels.put("app.kubernetes.io/name", "nsfl-" + component);
        labels.put("app.kubernetes.io/instance", spec.name());
        labels.put("app.kubernetes.io/component", component);
        labels.put("app.kubernetes.io/part-of", "nsfl");
        labels.put(OWNER, settings.owner());
        labels.put(WORKLOAD, spec.name());
        spec.labels().forEach((key, value) -> labels.put(OWN + key, value));
        return labels;
    }

    /** What all pods of this service carry. */
    static Map<String, String> selector(PodSettings settings) {
        return Map.of("app.kubernetes.io/part-of", "nsfl", OWNER, settings.owner());
    }

    /** The workload's own labels again. */
    static Map<String, String> own(HasMetadata object) {
        Map<String, String> own = new LinkedHashMap<>();
        labels(object).forEach((key, value) -> {
            if (key.startsWith(OWN) && !key.equals(WORKLOAD)) {
                own.put(key.substring(OWN.length()), value);
            }
        });
        return own;
    }

    /** Not a label: a revision may hold any characters. */
    static Map<String, String> annotations(WorkloadSpec spec) {
        return Map.of(REVISION, spec.revision());
    }

    static String revision(HasMetadata object) {
        return Optional.ofNullable(object.getMetadata().getAnnotations())
                .map(annotations -> annotations.get(REVISION))
                .orElse("");
    }

    static boolean belongsTo(PodSettings settings, HasMetadata object) {
        return labels(object).entrySet().containsAll(selector(settings).entrySet());
    }

    private static Map<String, String> labels(HasMetadata object) {
        return Optional.ofNullable(object.getMetadata().getLabels()).orElse(Map.of());
    }
}
