package io.nsfl.coordinator.run;

import com.google.protobuf.ByteString;
import io.nsfl.coordinator.masking.MaskedResults;
import io.nsfl.coordinator.round.ArtifactFile;
import io.nsfl.coordinator.round.OpenWork;
import io.nsfl.coordinator.round.RosterEntry;
import io.nsfl.coordinator.updates.UpdateFormat;
import io.nsfl.federation.seed.Seeds;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSpec;
import io.nsfl.protocol.job.JobConfig;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.protocol.job.Scripts;
import io.nsfl.protocol.v1.TaskDescription;
import io.nsfl.protocol.v1.TaskRef;
import io.nsfl.protocol.v1.TensorRule;
import io.nsfl.protocol.v1.TensorTreatment;
import io.nsfl.protocol.v1.WorkPoint;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Describes tasks to their clients. */
final class TaskSheet {
    private final RunPlan plan;
    private final List<TensorSpec> tensors;
    private final String modelSuffix;
    private final Optional<PrivacyBook> privacy;
    private final ModelDeltas deltas;

    TaskSheet(RunPlan plan, List<TensorSpec> tensors, String modelSuffix, ModelDeltas deltas) {
        this.plan = plan;
        this.tensors = List.copyOf(tensors);
        this.modelSuffix = modelSuffix;
        this.privacy = PrivacyBook.of(plan.job());
        this.deltas = deltas;
    }

    TaskDescription describe(
            TaskRef task, OpenWork work, RosterEntry client, List<ArtifactFile> artifacts, Instant now) {
        JobConfig job = plan.job();
        TaskDescription.Builder sheet = TaskDescription.newBuilder()
                .setTask(task)
                .setRuntime(job.runtime().canonicalName())
                .setTaskEntry(job.taskEntry().orElse(""))
                .setConfigFile(job.scripts().map(Scripts::configFile).orElse(""))
                .setParametersJson(JobJson.text(job.parameters()))
                .addAllDatasets(job.datasets())
                .setResources(plan.resources())
                .setBaseDigest(ByteString.copyFrom(work.baseDigest()))
                .setDeadlineMs(
                        Math.max(1, Duration.between(now, work.deadline()).toMillis()))
                .setWeightCap(work.weightCap())
                .setModelSuffix(modelSuffix)
                .setResultFilesWanted(UpdateFormat.resultFilesWanted(job.method()))
                .setWeightsReused(deltas.asked());
        UpdateFormat.encoding(job.method()).ifPresent(sheet::setUpdateEncoding);
        job.optimizer()
                .ifPresent(optimizer -> sheet.setOptimizerName(optimizer.name())
                        .setOptimizerParamsJson(JobJson.text(optimizer.params())));
        privacy.ifPresent(book -> sheet.setPrivacy(book.order(work.normBound())));
        job.hyperParameters()
                .seed()
                .ifPresent(seed -> sheet.setSeed(Seeds.derive(seed, work.round(), client.clientId())));
        client.lastIncluded()
                .ifPresent(point -> sheet.setLastIncluded(
                        WorkPoint.newBuilder().setRound(point.round()).setAttempt(point.attempt())));
        work.masked()
                .ifPresent(layout -> sheet.setMasking(MaskedResults.plan(
                        plan.rules().masking().orElseThrow(), work.roster().size(), layout)));
        tensors.forEach(tensor -> sheet.addTensors(rule(tensor)));
        artifacts.forEach(file -> sheet.addArtifacts(deltas.offer(file.artifact(), client.clientId())));
        return sheet.build();
    }

    private static TensorRule rule(TensorSpec tensor) {
        return TensorRule.newBuilder()
                .setName(tensor.name())
                .setDtype(tensor.dtype().name())
                .addAllShape(tensor.shape())
                .setTreatment(treatment(tensor.kind()))
                .build();
    }

    private static TensorTreatment treatment(TensorKind kind) {
        return switch (kind) {
            case TRAINABLE -> TensorTreatment.TENSOR_TREATMENT_TRAINABLE;
            case STATISTIC -> TensorTreatment.TENSOR_TREATMENT_STATISTIC;
            case INTEGER -> TensorTreatment.TENSOR_TREATMENT_INTEGER;
            case LOCAL -> TensorTreatment.TENSOR_TREATMENT_LOCAL;
        };
    }
}
