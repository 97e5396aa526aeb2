package io.nsfl.executor.task;

import io.nsfl.executor.masking.MaskedShape;
import io.nsfl.executor.masking.PrivateUpdates;
import io.nsfl.executor.protect.UpdateFile;
import io.nsfl.federation.metrics.MetricMerge;
import io.nsfl.modelformats.safetensors.SafetensorsFile;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.RunTaskRequest;
import io.nsfl.protocol.v1.TaskDescription;
import io.nsfl.protocol.v1.TaskKind;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** What becomes of a script's result that leaves this client masked only: it is checked and kept. */
record MaskedCollection(RunTaskRequest request, PrivateUpdates updates) {
    /**
     * @param metrics what leaves of them, asked for when the update is written
     * @param update writes the change of the weights into a directory
     * @throws FaultException OUT_OF_RANGE a value is beyond what masks hide, BAD_WEIGHT the samples are no count, REQUEST_INVALID the base
     *     model is another one than all clients are told of
     */
    void keep(Supplier<Map<String, Double>> metrics, Function<Path, UpdateFile> update) {
        TaskDescription task = request.getDescription();
        requireBase(task);
        Optional<Function<Path, UpdateFile>> checked = task.getTask().getKind() == TaskKind.TASK_KIND_TRAIN
                ? Optional.of(place -> inRange(update.apply(place)))
                : Optional.empty();
        updates.keep(task.getTask(), () -> countable(metrics.get()), checked);
    }

    /** What the coordinator asks of a number of samples that it sees. */
    private static Map<String, Double> countable(Map<String, Double> metrics) {
        double samples = metrics.getOrDefault(MetricMerge.SAMPLES, 1.0);
        if (!(samples >= 1 && samples == Math.rint(samples))) {
            throw new FaultException(
                    Fault.BAD_WEIGHT,
                    "The script counts " + samples + " samples; sample_num must be a whole number from 1.");
        }
        return metrics;
    }

    /** Its digest is bound into the keys: clients that were given different models come to no sum. */
    private void requireBase(TaskDescription task) {
        byte[] actual = UpdateFile.of(Path.of(request.getBaseWeights())).sha256();
        if (!Arrays.equals(actual, task.getBaseDigest().toByteArray())) {
            throw new FaultException(
                    Fault.REQUEST_INVALID, "The model that was trained is not the one that the round is about.");
        }
    }

    private UpdateFile inRange(UpdateFile update) {
        MaskedShape shape = MaskedShape.of(request.getDescription().getMasking());
        try (SafetensorsFile file = SafetensorsFile.open(update.path())) {
            shape.outOfRange(file.tensors()).ifPresent(tensor -> {
                throw new FaultException(
                        Fault.OUT_OF_RANGE,
                        "Tensor " + tensor + " changed by more than the masks of this round hide; the round is"
                                + " repeated with wider ones.");
            });
        }
        return update;
    }
}
