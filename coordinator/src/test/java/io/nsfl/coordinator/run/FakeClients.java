package io.nsfl.coordinator.run;

import com.google.protobuf.ByteString;
import io.nsfl.coordinator.checkpoint.Digests;
import io.nsfl.coordinator.round.RoundDesk;
import io.nsfl.coordinator.round.StagedResult;
import io.nsfl.coordinator.round.WorkId;
import io.nsfl.coordinator.selection.ClientSelection;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import io.nsfl.modelformats.safetensors.SafetensorsWriter;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.ArtifactKind;
import io.nsfl.protocol.v1.AssignRequest;
import io.nsfl.protocol.v1.Assignment;
import io.nsfl.protocol.v1.FaultDetail;
import io.nsfl.protocol.v1.Lease;
import io.nsfl.protocol.v1.LeaseEvent;
import io.nsfl.protocol.v1.Receipt;
import io.nsfl.protocol.v1.ReleaseRequest;
import io.nsfl.protocol.v1.ReserveRequest;
import io.nsfl.protocol.v1.ReserveResponse;
import io.nsfl.protocol.v1.ResultHeader;
import io.nsfl.protocol.v1.RunRef;
import io.nsfl.protocol.v1.TaskDescription;
import io.nsfl.protocol.v1.TaskKind;
import io.nsfl.protocol.v1.TaskRef;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Clients that outlive the coordinator, and the selection that leases them. A client trains each task once, keeps the result, and delivers
 * it to whatever coordinator is there until it learns that it is settled.
 */
final class FakeClients implements ClientSelection {
    /** What goes wrong. */
    record Troubles(double slow, double duplicate, double fails, Set<String> dead) {
        static final Troubles NONE = new Troubles(0, 0, 0, Set.of());
    }

    private final World world;
    private final Path directory;
    private final HeldModels models;
    private final List<String> clients;
    private final Troubles troubles;
    private final Map<String, ReserveResponse> reservations = new HashMap<>();
    private final Map<TaskRef, StagedResult> trained = new HashMap<>();
    private final Set<TaskRef> settled = new HashSet<>();
    private final List<ReleaseRequest> releases = new ArrayList<>();
    private Consumer<LeaseEvent> listener = _ -> {};
    private final Map<String, String> prepared = new TreeMap<>();
    private final List<TaskRef> tasks = new ArrayList<>();
    private Map<String, String> leaves = Map.of();
    private int trainings;
    private int reserveCalls;
    private boolean unreachable;
    private Duration releaseTakes = Duration.ZERO;

    FakeClients(World world, Path directory, int count, Troubles troubles) {
        this.world = world;
        this.directory = directory;
        this.models = new HeldModels(directory);
        this.troubles = troubles;
        this.clients = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            clients.add("c-" + i);
        }
    }

    /** Everything that was given back, in order. */
    List<ReleaseRequest> releases() {
        return releases;
    }

    /** Whether the selection answers. */
    void unreachable(boolean value) {
        unreachable = value;
    }

    void releaseTakes(Duration each) {
        releaseTakes = each;
    }

    int reserveCalls() {
        return reserveCalls;
    }

    /** Every script leaves these files for the job's extender: content by name in the archive. */
    void leaves(Map<String, String> files) {
        leaves = files;
    }

    /** What the extender gave: parameters and files, by kind and round. */
    Map<String, String> prepared() {
        return prepared;
    }

    /** One that a client was given. */
    TaskRef anyTask() {
        return tasks.getFirst();
    }

    /** How often a script ran: work that is repeated shows here. */
    int trainings() {
        return trainings;
    }

    static long weight(String client) {
        return 10L + Integer.parseInt(client.substring(2));
    }

    @Override
    public ReserveResponse reserve(ReserveRequest request) {
        reserveCalls++;
        if (unreachable) {
            throw new FaultException(Fault.SELECTOR_UNAVAILABLE, "The selector does not answer.");
        }
        String key = request.getKind() + "/" + request.getRound() + "/" + request.getAttempt();
        return reservations.computeIfAbsent(key, _ -> choose(request));
    }

    private ReserveResponse choose(ReserveRequest request) {
        List<String> chosen = new ArrayList<>(clients);
        chosen.removeAll(request.getWithoutList());
        chosen.removeAll(request.getAvoidList());
        for (String avoided : new TreeSet<>(request.getAvoidList())) {
            if (chosen.size() < request.getCount() && !request.getWithoutList().contains(avoided)) {
                chosen.add(avoided);
            }
        }
        if (chosen.size() < request.getMinimum()) {
            throw new FaultException(Fault.CLIENTS_INSUFFICIENT, chosen.size() + " clients fit.");
        }
        ReserveResponse.Builder response = ReserveResponse.newBuilder().setLeaseDurationS(180);
        chosen.stream()
                .limit(request.getCount())
                .forEach(client -> response.addLeases(Lease.newBuilder().setClientId(client)));
        return response.build();
    }

    @Override
    public void assign(AssignRequest request) {
        request.getAssignmentsList().stream().map(Assignment::getTask).forEach(task -> {
            if (!troubles.dead().contains(task.getClientId())) {
                world.later(delay(), () -> work(task));
            }
        });
    }

    @Override
    public void release(ReleaseRequest request) {
        releases.add(request);
        world.spend(releaseTakes);
    }

    @Override
    public void renew(RunRef run) {}

    @Override
    public void watch(RunRef run, Consumer<LeaseEvent> events, Consumer<String> superseded) {
        listener = events;
    }

    @Override
    public void close() {}

    private void work(TaskRef task) {
        if (settled.contains(task)) {
            return;
        }
        listener.accept(LeaseEvent.newBuilder()
                .setChange(LeaseEvent.Change.ACCEPTED)
                .setTask(task)
                .build());
        if (!trained.containsKey(task)) {
            train(task).ifPresent(result -> trained.put(task, result));
        }
        if (trained.containsKey(task)) {
            world.later(delay(), () -> deliver(task));
        }
    }

    private Optional<StagedResult> train(TaskRef task) {
        Optional<RoundDesk> desk = world.desk();
        try {
            if (desk.isEmpty()) {
                return again(task);
            }
            note(task, desk.get());
        } catch (FaultException refused) {
            return refused.fault() == Fault.UNAVAILABLE ? again(task) : Optional.empty();
        }
        trainings++;
        ResultHeader.Builder header = ResultHeader.newBuilder()
                .setTask(task)
                .putMetrics("sample_num", weight(task.getClientId()))
                .putMetrics("accuracy", 0.5)
                .putMetrics("local_steps", 1 + weight(task.getClientId()) % 3)
                .putMetrics("loss_before", 1.0 / task.getRound() + weight(task.getClientId()) / 100.0)
                .setResultDigest(ByteString.copyFromUtf8(task.getClientId() + task.getRound() + task.getAttempt()));
        if (world.chance(troubles.fails())) {
            header.setFailure(
                    FaultDetail.newBuilder().setCode(Fault.SCRIPT_FAILED.name()).setMessage("exit code 1"));
            return Optional.of(new StagedResult(task, header.build(), Optional.empty()));
        }
        Optional<Path> update = task.getKind() == TaskKind.TASK_KIND_TRAIN
                ? Optional.of(update(
                        task, desk.get().open(WorkId.of(task)).orElseThrow().base()))
                : Optional.empty();
        return Optional.of(new StagedResult(task, header.build(), update, update.flatMap(_ -> archive(task))));
    }

    /** What the clients hold of a job that sends deltas. */
    HeldModels models() {
        return models;
    }

    private void note(TaskRef task, RoundDesk desk) {
        TaskDescription description = desk.describe(task);
        tasks.add(task);
        if (description.getWeightsReused()) {
            models.fetch(task, description, desk);
        }
        String kind = task.getKind() == TaskKind.TASK_KIND_TRAIN ? "train " : "evaluate ";
        StringBuilder given = new StringBuilder(description.getPreparedParamsJson());
        description.getArtifactsList().stream()
                .filter(artifact -> artifact.getKind() == ArtifactKind.ARTIFACT_KIND_PREPARED_FILE)
                .forEach(artifact -> {
                    try {
                        String content = Files.readString(
                                desk.artifact(task, artifact.getName()).file());
                        given.append(' ').append(artifact.getName()).append('=').append(content);
                    } catch (IOException failed) {
                        throw new UncheckedIOException(failed);
                    }
                });
        prepared.put(kind + task.getRound(), given.toString());
    }

    private Optional<Path> archive(TaskRef task) {
        if (leaves.isEmpty()) {
            return Optional.empty();
        }
        Path file = directory.resolve(task.getClientId() + "-" + task.getRound() + ".zip");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (Map.Entry<String, String> entry : leaves.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue().getBytes(StandardCharsets.UTF_8));
            }
            return Optional.of(file);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private Optional<StagedResult> again(TaskRef task) {
        world.later(Duration.ofMillis(500), () -> work(task));
        return Optional.empty();
    }

    /** Goes by the client, the round, and the weights it starts from: another base would show in the final model. */
    private Path update(TaskRef task, TensorSet base) {
        List<NamedTensor> changes = new ArrayList<>();
        for (NamedTensor tensor : base.tensors()) {
            TensorSpec spec = tensor.spec();
            byte[] noise = Digests.sha256(
                    (task.getClientId() + "/" + task.getRound() + "/" + spec.name()).getBytes(StandardCharsets.UTF_8));
            float[] values = new float[(int) spec.elements()];
            for (int i = 0; i < values.length; i++) {
                float before = tensor.data().get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * i);
                values[i] = noise[i % noise.length] / 1000f - before / 10f;
            }
            changes.add(new NamedTensor(spec, World.offHeap(values)));
        }
        Path file = directory.resolve(
                task.getClientId() + "-" + task.getRound() + "-" + task.getAttempt() + ".safetensors");
        SafetensorsWriter.write(file, new TensorSet(changes), Map.of());
        return file;
    }

    private void deliver(TaskRef task) {
        if (settled.contains(task)) {
            return;
        }
        Optional<RoundDesk> desk = world.desk();
        if (desk.isEmpty()) {
            world.later(Duration.ofMillis(500), () -> deliver(task));
            return;
        }
        Optional<Receipt> known = desk.get().decided(task);
        if (known.isPresent() && known.get().getVerdict() != Receipt.Verdict.HELD) {
            settle(task);
            return;
        }
        if (known.isEmpty()) {
            desk.get().offer(trained.get(task));
            if (world.chance(troubles.duplicate())) {
                desk.get().offer(trained.get(task));
            }
            if (world.chance(troubles.duplicate())) {
                world.later(delay(), () -> offerBlindly(task));
            }
        }
        // Until it is settled it may be asked for again: by a coordinator that lost it.
        world.later(Duration.ofSeconds(1), () -> deliver(task));
    }

    /** As a client that did not hear the answer. */
    private void offerBlindly(TaskRef task) {
        Optional.ofNullable(trained.get(task)).ifPresent(result -> world.desk().ifPresent(desk -> desk.offer(result)));
    }

    private void settle(TaskRef task) {
        settled.add(task);
        Optional.ofNullable(trained.remove(task))
                .flatMap(StagedResult::stageFile)
                .ifPresent(file -> {
                    try {
                        Files.deleteIfExists(file);
                    } catch (IOException failed) {
                        throw new UncheckedIOException(failed);
                    }
                });
    }

    private Duration delay() {
        return Duration.ofMillis(world.chance(troubles.slow()) ? 5000 : 20 + world.below(200));
    }
}
