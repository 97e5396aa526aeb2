package io.nsfl.coordinator.run;

import com.google.protobuf.ByteString;
import io.nsfl.coordinator.checkpoint.Digests;
import io.nsfl.coordinator.round.RoundRules;
import io.nsfl.coordinator.round.WorkId;
import io.nsfl.protocol.ids.RunKey;
import io.nsfl.protocol.job.JobConfig;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.protocol.v1.Conditions;
import io.nsfl.protocol.v1.Resources;
import io.nsfl.protocol.v1.RunRef;
import io.nsfl.protocol.v1.TaskRef;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Everything about a run that does not change while it is played.
 *
 * @param address {@code host:port} at which clients reach this coordinator, known once its server runs; empty = by the route, on the
 *     channel they have
 */
public record RunPlan(JobConfig job, RunRef ref, RunKey key, RoundRules rules, Supplier<String> address) {
    public static RunPlan of(JobConfig job, RunRef ref, RunKey key, Supplier<String> address) {
        return new RunPlan(job, ref, key, RoundRules.of(job.hyperParameters(), job.redundancy()), address);
    }

    /** Whose work it is, with the token that proves it. */
    public TaskRef task(WorkId work, String client) {
        TaskRef unsigned = TaskRef.newBuilder()
                .setNamespace(ref.getNamespace())
                .setJob(ref.getJob())
                .setRun(ref.getRun())
                .setRound(work.round())
                .setAttempt(work.attempt())
                .setClientId(client)
                .setKind(work.kind())
                .build();
        return unsigned.toBuilder()
                .setToken(ByteString.copyFrom(key.taskToken(unsigned)))
                .build();
    }

    public Resources resources() {
        return Resources.newBuilder()
                .setWorkerNum(job.resource().workerNum())
                .setCpu(job.resource().cpu())
                .setGpu(job.resource().gpu())
                .setMemoryMb(job.resource().memoryMb())
                .build();
    }

    /** What a client must have. */
    public Conditions conditions() {
        return Conditions.newBuilder()
                .setRuntime(job.runtime().canonicalName())
                .addAllDatasets(job.datasets())
                .setResources(resources())
                .addAllClients(job.clients())
                .build();
    }

    /** Hex digest of what the rounds are played by: a run is resumed only by the job that it was started by. */
    public String digest() {
        byte[] essence = JobJson.bytes(Map.of(
                "hyper_parameters", rulesText(),
                "runtime", job.runtime().canonicalName(),
                "model", job.modelPath().orElse(""),
                "parameters", job.parameters(),
                "clients", List.copyOf(job.clients()),
                "datasets", job.datasets()));
        return HexFormat.of().formatHex(Digests.sha256(essence));
    }

    private String rulesText() {
        return rules.toString() + job.hyperParameters().learningRate();
    }
}
