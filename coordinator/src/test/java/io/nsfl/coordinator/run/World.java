package io.nsfl.coordinator.run;

import io.nsfl.coordinator.checkpoint.Journal;
import io.nsfl.coordinator.checkpoint.MemoryRecords;
import io.nsfl.coordinator.checkpoint.RunHistory;
import io.nsfl.coordinator.checkpoint.RunOutputs;
import io.nsfl.coordinator.extender.ExtenderProcesses;
import io.nsfl.coordinator.round.Ended;
import io.nsfl.coordinator.round.RoundDesk;
import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import io.nsfl.modelformats.safetensors.SafetensorsWriter;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.ids.JobKey;
import io.nsfl.protocol.ids.RunKey;
import io.nsfl.protocol.ids.Runtime;
import io.nsfl.protocol.job.EarlyStop;
import io.nsfl.protocol.job.HyperParameters;
import io.nsfl.protocol.job.JobConfig;
import io.nsfl.protocol.job.JobConfigReader;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.protocol.job.JobMethod;
import io.nsfl.protocol.job.ResourceRequest;
import io.nsfl.protocol.v1.RunRef;
import io.nsfl.servicekit.time.Mailbox;
import io.nsfl.servicekit.time.ManualTimers;
import io.nsfl.servicekit.time.Timers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A coordinator with everything around it in one thread and in virtual time: its process can die at any moment and be started again over
 * the same journal.
 */
final class World {
    static final RunKey KEY = RunKey.of(new byte[32]);

    private final Path directory;
    private JobConfig job;
    private Optional<ExtenderProcesses> extenders = Optional.empty();
    private final ManualTimers time = new ManualTimers(Instant.parse("2026-01-01T00:00:00Z"));
    private final Deque<Runnable> ready = new ArrayDeque<>();
    private final MemoryRecords records = new MemoryRecords();
    private final RecordingReport report = new RecordingReport();
    private final Random random;
    private final RunOutputs outputs;
    private FakeClients clients;
    private Optional<Process> process = Optional.empty();
    private long epoch;
    private int scratches;

    World(Path directory, HyperParameters hyper, double redundancy, long seed) {
        this(directory, hyper, JobMethod.plain(), redundancy, seed);
    }

    /** A run of another method than plain federated averaging. */
    World(Path directory, HyperParameters hyper, JobMethod method, double redundancy, long seed) {
        this.directory = directory;
        this.random = new Random(seed);
        Path model = directory.resolve("model.safetensors");
        SafetensorsWriter.write(model, initialModel(), Map.of());
        this.job = new JobConfig(
                new JobKey("default", "sim"),
                "",
                Runtime.PYTORCH,
                directory.resolve("output").toString(),
                Optional.of(model.toString()),
                Optional.empty(),
                Optional.empty(),
                Optional.of("entry"),
                Optional.empty(),
                List.of(),
                50051,
                List.of(),
                JobJson.newObject(),
                hyper,
                ResourceRequest.defaults(),
                Optional.empty(),
                method,
                false,
                false,
                redundancy);
        this.outputs = new RunOutputs(directory.resolve("output"), directory, "sim", "checkpoints", "safetensors");
        this.clients = new FakeClients(this, directory, hyper.clientNum(), FakeClients.Troubles.NONE);
    }

    static HyperParameters hyper(int rounds, int clients, int threshold) {
        return new HyperParameters(rounds, clients, threshold, 2, 2, 60, 1.0, -1, OptionalLong.of(7));
    }

    /** How the job's object asks for it. */
    static JobMethod aggregation(String name, String params) {
        String job = """
                {"id":"a","namespace":"default","runtime":"pytorch","output":"o","task_entry":"t","model_path":"/m.pth",
                 "hyper_parameters":{"client_num":20,"threshold_client_num":20},"aggregation":{"name":"%s","params":{%s}}}
                """.formatted(name, params);
        return JobConfigReader.forCoordinator(JobJson.object(job.getBytes(StandardCharsets.UTF_8)))
                .orThrow(Fault.CONFIGURATION_INVALID, "The job")
                .method();
    }

    static JobMethod earlyStop(String metric, int patience) {
        JobMethod plain = JobMethod.plain();
        return new JobMethod(
                plain.aggregation(),
                Optional.of(new EarlyStop(metric, patience, 0, false)),
                plain.localLayers(),
                plain.compression(),
                plain.extender(),
                plain.privacy(),
                plain.secureAggregation());
    }

    /** The job has an extender. */
    World extended(JobMethod method, JsonNode parameters, ExtenderProcesses processes) {
        job = new JobConfig(
                job.key(),
                job.description(),
                job.runtime(),
                job.output(),
                job.modelPath(),
                job.modelId(),
                job.checkpointId(),
                job.taskEntry(),
                job.scripts(),
                job.clients(),
                job.port(),
                job.datasets(),
                (ObjectNode) parameters,
                job.hyperParameters(),
                job.resource(),
                job.optimizer(),
                method,
                job.randomClient(),
                job.untrainedFirst(),
                job.redundancy());
        extenders = Optional.of(processes);
        return this;
    }

    ManualTimers time() {
        return time;
    }

    World clients(int count, FakeClients.Troubles troubles) {
        clients = new FakeClients(this, directory, count, troubles);
        return this;
    }

    /** One life of a coordinator. */
    private final class Process implements Timers, Executor {
        private boolean dead;
        private JobRun run;
        private CompletableFuture<Ended> end;

        @Override
        public void execute(Runnable task) {
            ready.add(() -> {
                if (!dead) {
                    task.run();
                }
            });
        }

        @Override
        public Timer schedule(Duration delay, Executor executor, Runnable task) {
            return time.schedule(delay, executor, () -> {
                if (!dead) {
                    task.run();
                }
            });
        }

        private void begin() {
            RunRef ref = RunRef.newBuilder()
                    .setNamespace("default")
                    .setJob("sim")
                    .setRun("run-1")
                    .setEpoch(++epoch)
                    .build();
            RunPlan plan = RunPlan.of(job, ref, KEY, () -> "");
            Lanes lanes = new Lanes(lane("decisions"), lane("disk"), lane("calls"), lane("background"), this);
            JobRun.Places places = new JobRun.Places(
                    Path.of(job.modelPath().orElseThrow()), Optional.empty(), scratch(), outputs, extenders);
            run = JobRun.open(plan, places, Journal.open(records, KEY, epoch), clients, report, lanes, time, random);
            end = run.play();
        }

        private Mailbox lane(String name) {
            return new Mailbox(name, this, thrown -> {
                if (thrown instanceof MemoryRecords.Crash) {
                    dead = true;
                } else {
                    report.defect(thrown);
                }
            });
        }
    }

    /** Starts the coordinator; a crash while it starts is a crash like any other. */
    void start() {
        Process next = new Process();
        process = Optional.of(next);
        try {
            next.begin();
        } catch (MemoryRecords.Crash crash) {
            next.dead = true;
        }
    }

    /** Kills the process: nothing of it is ever run again. */
    void kill() {
        process.ifPresent(living -> living.dead = true);
    }

    boolean alive() {
        return process.filter(living -> !living.dead).isPresent();
    }

    /** Storing a model takes so long, and reading it back as long again. */
    World slowModels(Duration each) {
        records.whileModelsMove(() -> time.advance(each));
        return this;
    }

    MemoryRecords records() {
        return records;
    }

    RecordingReport report() {
        return report;
    }

    FakeClients fakeClients() {
        return clients;
    }

    RunHistory history() {
        return RunHistory.of(Journal.open(records, KEY, Long.MAX_VALUE / 2).records());
    }

    Path output() {
        return directory.resolve("output");
    }

    void stop() {
        process.orElseThrow().run.stop("asked");
    }

    Optional<RoundDesk> desk() {
        return process.filter(living -> !living.dead && living.run != null).map(living -> living.run.desk());
    }

    Optional<Ended> ended() {
        return process.filter(living -> !living.dead && living.end != null && living.end.isDone())
                .map(living -> living.end.join());
    }

    /** Lets things happen for so long, or until the run is over. */
    void pass(Duration duration) {
        Instant until = time.instant().plus(duration);
        while (ended().isEmpty()) {
            if (!ready.isEmpty()) {
                ready.poll().run();
                continue;
            }
            Optional<Duration> next = time.untilNext();
            if (next.isEmpty() || time.instant().plus(next.get()).isAfter(until)) {
                return;
            }
            time.advance(next.get());
        }
    }

    /** Starts the coordinator again whenever it is dead, until the run is over. */
    Ended playToTheEnd() {
        for (int life = 0; life < 200; life++) {
            if (!alive()) {
                records.neverCrash();
                start();
            }
            pass(Duration.ofHours(24));
            if (ended().isPresent()) {
                return ended().get();
            }
        }
        throw new AssertionError("The run does not end; last phase " + report.phases());
    }

    /** Whoever calls this is busy for so long. */
    void spend(Duration duration) {
        time.advance(duration);
    }

    void later(Duration delay, Runnable task) {
        time.schedule(delay, ready::add, task);
    }

    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    private Path scratch() {
        try {
            return Files.createDirectory(directory.resolve("scratch-" + scratches++));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static TensorSet initialModel() {
        TensorSpec weight = new TensorSpec("layer.weight", DType.F32, List.of(3L, 5L), TensorKind.TRAINABLE);
        TensorSpec bias = new TensorSpec("layer.bias", DType.F32, List.of(5L), TensorKind.TRAINABLE);
        float[] weights = new float[15];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = i / 10f;
        }
        return new TensorSet(
                List.of(new NamedTensor(weight, offHeap(weights)), new NamedTensor(bias, offHeap(new float[5]))));
    }

    /** Tensors lie outside the heap. */
    static MemorySegment offHeap(float[] values) {
        return Arena.ofAuto().allocateFrom(ValueLayout.JAVA_FLOAT, values);
    }

    /** For tests that read models that nobody wrote. @throws FaultException as the journal says */
    byte[] lastModel() {
        return history()
                .lastCommit()
                .map(commit -> records.files().get(commit.model()))
                .orElseThrow();
    }
}
