package io.nsfl.coordinator.run;

import com.google.protobuf.ByteString;
import io.nsfl.coordinator.checkpoint.Digests;
import io.nsfl.coordinator.masking.MaskedResults;
import io.nsfl.coordinator.round.BufferRules;
import io.nsfl.coordinator.round.RoundRules;
import io.nsfl.coordinator.round.WorkId;
import io.nsfl.federation.aggregate.StalenessWeight;
import io.nsfl.protocol.ids.RunKey;
import io.nsfl.protocol.job.BufferedAggregation;
import io.nsfl.protocol.job.CompressionConfig;
import io.nsfl.protocol.job.JobConfig;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.protocol.job.JobMethod;
import io.nsfl.protocol.job.OptimizerConfig;
import io.nsfl.protocol.job.Scripts;
import io.nsfl.protocol.v1.Conditions;
import io.nsfl.protocol.v1.Resources;
import io.nsfl.protocol.v1.RunRef;
import io.nsfl.protocol.v1.TaskRef;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/**
 * Everything about a run that does not change while it is played.
 *
 * @param address {@code host:port} at which clients reach this coordinator, known once its server runs; empty = by the route, on the
 *     channel they have
 */
public record RunPlan(JobConfig job, RunRef ref, RunKey key, RoundRules rules, Supplier<String> address) {
    public static RunPlan of(JobConfig job, RunRef ref, RunKey key, Supplier<String> address) {
        RoundRules rules = RoundRules.of(
                job.hyperParameters(), job.redundancy(), job.method().earlyStop());
        RoundRules played = job.method()
                .secureAggregation()
                .map(asked -> rules.masked(MaskedResults.rules(asked)))
                .orElse(rules);
        // What an evaluation would tell stays with the clients.
        boolean withheld = job.method()
                .privacy()
                .filter(privacy -> !privacy.publicEvaluation())
                .isPresent();
        return new RunPlan(job, ref, key, withheld ? played.withoutEvaluations() : played, address);
    }

    /** How an asynchronous run is played; empty = in rounds. */
    public Optional<BufferRules> buffer() {
        return job.method()
                .aggregation()
                .flatMap(BufferedAggregation::of)
                .map(asked -> new BufferRules(
                        asked.bufferSize(),
                        rules.clientNum(),
                        asked.maxStaleness(),
                        new StalenessWeight(asked.stalenessExponent())));
    }

    /** Whether clients add their results up among themselves and the coordinator learns the sum alone. */
    boolean masks() {
        return job.method().secureAggregation().isPresent();
    }

    /** How many models before the newest clients may still fetch, or hold. */
    int modelsKept() {
        int fetched = 1 + buffer().map(BufferRules::maxStaleness).orElse(0);
        return sendsDeltas() ? Math.max(fetched, ModelDeltas.OLDER) : fetched;
    }

    /** Whether a model goes out as the difference to the one that a client holds. */
    boolean sendsDeltas() {
        return job.method()
                .compression()
                .filter(CompressionConfig::downlinkDelta)
                .isPresent();
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

    /** What a client must have. @param scriptsSha256 of the archive of the job's scripts, hex; empty = there is none */
    public Conditions conditions(String scriptsSha256) {
        return Conditions.newBuilder()
                .setRuntime(job.runtime().canonicalName())
                .addAllDatasets(job.datasets())
                .setResources(resources())
                .addAllClients(job.clients())
                .setServerScripts(job.scripts().isPresent())
                .setScriptsSha256(scriptsSha256)
                .build();
    }

    /**
     * Hex digest of what the rounds are played by: a run is resumed only by the job that it was started by. The same in every process, and
     * whichever way the job was stored in between: neither the order of keys nor the spelling of numbers counts.
     */
    public String digest() {
        Map<String, Object> essence = new TreeMap<>();
        essence.put("hyper_parameters", rulesText());
        essence.put("runtime", job.runtime().canonicalName());
        essence.put("model", job.modelPath().orElse(""));
        essence.put("parameters", canonical(job.parameters()));
        essence.put("clients", job.clients());
        essence.put("datasets", job.datasets());
        essence.put("optimizer", job.optimizer().map(RunPlan::essenceOf).orElseGet(TreeMap::new));
        essence.put("task_entry", job.taskEntry().orElse(""));
        essence.put("scripts", job.scripts().map(Scripts::toString).orElse(""));
        essence.put("seed", job.hyperParameters().seed().toString());
        essence.put("random_client", job.randomClient());
        essence.put("untrained_first", job.untrainedFirst());
        essence.put("method", essenceOf(job.method()));
        return HexFormat.of().formatHex(Digests.sha256(JobJson.bytes(essence)));
    }

    private static TreeMap<String, Object> essenceOf(OptimizerConfig optimizer) {
        return new TreeMap<>(Map.of("name", optimizer.name(), "params", canonical(optimizer.params())));
    }

    private static TreeMap<String, Object> essenceOf(JobMethod method) {
        TreeMap<String, Object> essence = new TreeMap<>();
        method.aggregation().ifPresent(aggregation -> {
            essence.put("aggregation", aggregation.name());
            essence.put("aggregation_params", canonical(aggregation.params()));
        });
        essence.put("early_stop", method.earlyStop().toString());
        essence.put("local_layers", method.localLayers());
        essence.put("compression", method.compression().toString());
        essence.put("extender", method.extender().toString());
        essence.put("privacy", method.privacy().toString());
        essence.put("secure_aggregation", method.secureAggregation().toString());
        return essence;
    }

    private static Object canonical(JsonNode node) {
        if (node.isObject()) {
            Map<String, Object> sorted = new TreeMap<>();
            node.properties().forEach(entry -> sorted.put(entry.getKey(), canonical(entry.getValue())));
            return sorted;
        }
        if (node.isArray()) {
            return node.valueStream().map(RunPlan::canonical).toList();
        }
        return node.isNumber() ? node.decimalValue().stripTrailingZeros().toString() : node;
    }

    private String rulesText() {
        return rules.toString() + job.hyperParameters().learningRate();
    }
}
