package io.nsfl.executor.protect;

import io.nsfl.federation.privacy.CipherBits;
import io.nsfl.federation.privacy.ClipCount;
import io.nsfl.federation.protect.ClientProtection;
import io.nsfl.federation.protect.PrivateUpdate;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.PrivacyOrder;
import io.nsfl.protocol.v1.TaskDescription;
import io.nsfl.protocol.v1.TaskKind;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What a task's {@link PrivacyOrder} lets leave this client: the protected update, and of the metrics none that the data decide. Draws its
 * noise anew for each object; an object is for one start of one task.
 */
public final class TaskPrivacy {
    private static final String WEIGHT = "sample_num";

    private final TaskDescription task;
    private final Optional<PrivateUpdate> update;

    private TaskPrivacy(TaskDescription task, Optional<PrivateUpdate> update) {
        this.task = task;
        this.update = update;
    }

    /** @throws FaultException REQUEST_INVALID the task leaves the noise to clients that it does not mask together */
    public static TaskPrivacy of(TaskDescription task) {
        if (task.getPrivacy().getNoiseBy() == PrivacyOrder.NoiseBy.NOISE_BY_CLIENTS_TOGETHER && !task.hasMasking()) {
            throw new FaultException(
                    Fault.REQUEST_INVALID,
                    "The task's noise is shared out among clients that are not masked together: each alone would hide nothing.");
        }
        return new TaskPrivacy(task, task.hasPrivacy() ? Optional.of(update(task.getPrivacy())) : Optional.empty());
    }

    private static PrivateUpdate update(PrivacyOrder order) {
        OptionalDouble clip = order.getClipNorm() > 0 ? OptionalDouble.of(order.getClipNorm()) : OptionalDouble.empty();
        // Also where the order is not understood: too much noise tells nothing.
        OptionalDouble deviation = switch (order.getNoiseBy()) {
            case NOISE_BY_COORDINATOR, NOISE_BY_CLIENTS_TOGETHER -> OptionalDouble.empty();
            case NOISE_BY_CLIENT, NOISE_BY_UNSPECIFIED, UNRECOGNIZED ->
                OptionalDouble.of(order.getNoiseMultiplier() * clip.orElse(1));
        };
        double sampling = order.getSamplingProbability() > 0 ? Math.min(order.getSamplingProbability(), 1) : 1;
        return new PrivateUpdate(clip, deviation, order.getSameNoise(), sampling, CipherBits.secure());
    }

    /** What is done to the update. */
    public ClientProtection protection() {
        return update.<ClientProtection>map(own -> own).orElse(ClientProtection.NONE);
    }

    /** After the protection: the metrics that leave. Every client weighs the same, whatever its script counted. */
    public Map<String, Double> leaving(Map<String, Double> metrics) {
        if (update.isEmpty()) {
            return metrics;
        }
        boolean evaluates = task.getTask().getKind() == TaskKind.TASK_KIND_EVALUATE;
        if (evaluates && task.getPrivacy().getPublicEvaluation()) {
            return metrics;
        }
        Map<String, Double> leaving = new LinkedHashMap<>(Map.of(WEIGHT, 1.0));
        if (!evaluates && task.getPrivacy().getReportWithinClip()) {
            leaving.put(ClipCount.REPORTED, update.get().within() ? 1.0 : 0.0);
        }
        return leaving;
    }

    /** What a failed task tells: the fault's own sentence, not what the script wrote, which may be data. */
    public static String telling(TaskDescription task, String message) {
        int line = message.indexOf('\n');
        return !task.hasPrivacy() || line < 0
                ? message
                : message.substring(0, line)
                        + " What it wrote stays in its log at the client: the job asks for privacy.";
    }
}
