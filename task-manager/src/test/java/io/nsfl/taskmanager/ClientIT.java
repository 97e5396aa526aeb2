package io.nsfl.taskmanager;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import io.nsfl.modelformats.delta.ModelDelta;
import io.nsfl.modelformats.safetensors.SafetensorsWriter;
import io.nsfl.protocol.ids.Runtime;
import io.nsfl.protocol.v1.Artifact;
import io.nsfl.protocol.v1.ArtifactDelta;
import io.nsfl.protocol.v1.ArtifactKind;
import io.nsfl.protocol.v1.Resources;
import io.nsfl.protocol.v1.TaskDirective;
import io.nsfl.protocol.v1.TaskPhase;
import java.io.File;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

/** A whole client, with executor processes of this module's own. */
class ClientIT extends ClientScenario {
    private static final int ELEMENTS = 700_000;

    @Override
    void prepare() throws IOException {
        writeArtifacts();
        layInstallation();
    }

    @Override
    Map<Runtime, String> pythons() {
        return Map.of();
    }

    @Override
    Path installation() {
        return directory.resolve("installation");
    }

    /** The client's process ends without a word; its executors go on. */
    private void restart() throws IOException {
        client.close();
        server.events.clear();
        start();
    }

    /** The stand-in executor of this module's test classes, in the layout of an installation. */
    private void layInstallation() throws IOException {
        Path executor = Files.createDirectories(installation().resolve("executor/lib"));
        Path java = Files.createDirectories(installation().resolve("sdk/java/lib"));
        Files.createFile(java.resolveSibling("sdk-java.jar"));
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        for (String entry : classPath.split(File.pathSeparator)) {
            Path path = Path.of(entry).toAbsolutePath();
            if (path.endsWith("test-classes")) {
                Files.createSymbolicLink(executor.resolveSibling("executor.jar"), path);
            } else if (Files.isRegularFile(path)) {
                Files.createSymbolicLink(executor.resolve(path.getFileName()), path);
            }
        }
    }

    private void writeArtifacts() throws IOException {
        Path model = directory.resolve("model.safetensors");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment values = arena.allocate(ELEMENTS * 4L, 8);
            TensorSpec spec = new TensorSpec("w", DType.F32, List.of((long) ELEMENTS), TensorKind.TRAINABLE);
            SafetensorsWriter.write(model, new TensorSet(List.of(new NamedTensor(spec, values))), Map.of());
        }
        Path scripts = directory.resolve("scripts.zip");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(scripts))) {
            zip.putNextEntry(new ZipEntry("task.json"));
            zip.write("{\"train\": {\"command\": \"java\", \"entry\": \"Train.java\"}}".getBytes());
        }
        artifact("weights", ArtifactKind.ARTIFACT_KIND_WEIGHTS, model);
        artifact("template", ArtifactKind.ARTIFACT_KIND_TEMPLATE, model);
        artifact("scripts", ArtifactKind.ARTIFACT_KIND_SCRIPTS, scripts);
    }

    private boolean told(TaskPhase phase) {
        return server.events.stream()
                .anyMatch(
                        event -> event.hasTaskStatus() && event.getTaskStatus().getPhase() == phase);
    }

    private List<Path> workspaces() {
        try (Stream<Path> entries = Files.list(workspace())) {
            return entries.filter(path -> path.getFileName().toString().startsWith("train-"))
                    .toList();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void waitsFor(Path file) {
        server.parameters = "{\"wait_for\": \"" + file + "\"}";
    }

    @Test
    void takesFetchesRunsAndDeliversATask() throws IOException {
        server.assign(1);

        await("the result is there", () -> server.results.size() == 1);
        assertThat(server.received).isEqualTo(Files.readAllBytes(server.artifacts.get("weights")));
        assertThat(server.results.getFirst().getMetricsMap()).containsEntry("sample_num", 7.0);
        await("the selector knows", () -> told(TaskPhase.TASK_PHASE_DELIVERED));
        assertThat(told(TaskPhase.TASK_PHASE_ACCEPTED)).isTrue();
        assertThat(workspaces()).allMatch(path -> path.toString().endsWith("_running"));

        server.direct(1, TaskDirective.Order.SETTLED_INCLUDED);

        await(
                "the workspace is put away",
                () -> workspaces().stream().noneMatch(path -> path.toString().endsWith("_running")));
        assertThat(workspaces().getFirst()).isDirectoryContaining(path -> path.endsWith("init_weights.safetensors"));
    }

    @Test
    void goesOnWhereBrokenStreamsStopped() throws IOException {
        server.breakFetches.set(1);
        server.breakUploads.set(1);

        server.assign(1);

        await("the result is there", () -> server.results.size() == 1);
        assertThat(server.received).isEqualTo(Files.readAllBytes(server.artifacts.get("weights")));
        assertThat(server.fetchOffsets).contains(1L << 20);
        assertThat(server.results.getFirst().getOffset()).isPositive();
    }

    @Test
    void getsTheModelsOfLaterRoundsAsDeltasFromTheOneThatItHolds() throws IOException {
        server.deltas = Optional.of(List.of());
        playWith(1, model("model-1", 0.1f));
        assertThat(server.fetched).containsOnlyOnce("weights");

        offerDelta("model-1", "model-2", 0.2f);
        playWith(2, directory.resolve("model-2"));
        // What a client holds survives its process.
        restart();
        offerDelta("model-2", "model-3", 0.3f);
        playWith(3, directory.resolve("model-3"));
        assertThat(server.fetched).containsOnlyOnce("weights").contains("from-model-1", "from-model-2");

        try (Stream<Path> cached = Files.list(workspace().resolve(".nsfl/cache"))) {
            cached.forEach(ClientIT::delete);
        }
        offerDelta("model-3", "model-4", 0.4f);
        playWith(4, directory.resolve("model-4"));
        assertThat(server.fetched).filteredOn("weights"::equals).hasSize(2);
        assertThat(server.fetched).doesNotContain("from-model-3");
    }

    @Test
    void fetchesAModelWholeWhoseDeltaIsSpoilt() throws IOException {
        server.deltas = Optional.of(List.of());
        playWith(1, model("model-1", 0.1f));
        offerDelta("model-1", "model-2", 0.2f);
        byte[] delta = Files.readAllBytes(directory.resolve("from-model-1"));
        delta[delta.length - 1] ^= 1;
        Files.write(directory.resolve("from-model-1"), delta);
        offer("model-1");

        playWith(2, directory.resolve("model-2"));

        assertThat(server.fetched).contains("from-model-1");
        assertThat(server.fetched).filteredOn("weights"::equals).hasSize(2);
    }

    /** The round's result, which is the model itself, comes back bit by bit. */
    private void playWith(int round, Path model) throws IOException {
        server.artifacts.put("weights", model);
        server.results.clear();
        server.assign(round);
        await("the result is there", () -> server.results.size() == 1);
        assertThat(server.received).isEqualTo(Files.readAllBytes(model));
        await("it is held", () -> server.stages.getLast().equals("held"));
        server.direct(round, TaskDirective.Order.SETTLED_INCLUDED);
        await(
                "the workspace is put away",
                () -> workspaces().stream().noneMatch(path -> path.toString().endsWith("_running")));
    }

    private void offerDelta(String base, String name, float value) throws IOException {
        model(name, value);
        Path file = directory.resolve("from-" + base);
        ModelDelta.write(directory.resolve(base), directory.resolve(name), file, Long.MAX_VALUE);
        artifact("from-" + base, ArtifactKind.ARTIFACT_KIND_DELTA, file);
        offer(base);
    }

    private void offer(String base) {
        artifact(base, ArtifactKind.ARTIFACT_KIND_DELTA, directory.resolve(base));
        Artifact delta = server.artifact("from-" + base);
        server.deltas = Optional.of(List.of(ArtifactDelta.newBuilder()
                .setName(delta.getName())
                .setSize(delta.getSize())
                .setSha256(delta.getSha256())
                .setBaseSha256(server.artifact(base).getSha256())
                .build()));
    }

    private Path model(String name, float value) {
        Path model = directory.resolve(name);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment values = arena.allocate(ELEMENTS * 4L, 8);
            for (int i = 0; i < ELEMENTS; i += 3) {
                values.setAtIndex(ValueLayout.JAVA_FLOAT, i, value * i);
            }
            TensorSpec spec = new TensorSpec("w", DType.F32, List.of((long) ELEMENTS), TensorKind.TRAINABLE);
            SafetensorsWriter.write(model, new TensorSet(List.of(new NamedTensor(spec, values))), Map.of());
        }
        return model;
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        }
    }

    @Test
    void reportsAFailureWithTheTailOfItsLog() {
        server.parameters = "{\"fail\": \"The script failed: last line of the log\"}";

        server.assign(1);

        await("the failure is told", () -> server.results.size() == 1);
        assertThat(server.results.getFirst().getFailure().getMessage()).contains("last line of the log");
    }

    @Test
    void keepsItsExecutorBetweenRounds() {
        server.assign(1);
        await("the first result is there", () -> server.results.size() == 1);
        List<Long> before = executors().stream().map(ProcessHandle::pid).toList();

        server.assign(2);

        await("the second result is there", () -> server.results.size() == 2);
        assertThat(executors()).extracting(ProcessHandle::pid).isEqualTo(before).hasSize(1);
    }

    @Test
    void letsAnIdleExecutorGoWhereAnotherJobNeedsItsCores() {
        server.resources = Resources.newBuilder()
                .setCpu(ManagementFactory.getOperatingSystemMXBean().getAvailableProcessors())
                .build();
        server.assign(1);
        await("the first result is there", () -> server.results.size() == 1);
        List<ProcessHandle> first = executors();
        server.job = "other";

        server.assign(1);

        await("the other job's result is there", () -> server.results.size() == 2);
        await("only the other job's executor is left", () -> first.stream().noneMatch(ProcessHandle::isAlive));
        assertThat(executors()).hasSize(1);
    }

    @Test
    void adoptsARunningExecutorAfterARestart() throws IOException {
        Path go = directory.resolve("go");
        waitsFor(go);
        server.assign(1);
        await("the script runs", () -> starts() == 1);

        restart();
        Files.createFile(go);

        await("the result is there", () -> server.results.size() == 1);
        assertThat(starts()).isEqualTo(1);
    }

    @Test
    void deliversAFinishedResultAgainWithoutTrainingAgain() throws IOException {
        server.assign(1);
        await("the result is there", () -> server.results.size() == 1);
        await("it is held", () -> told(TaskPhase.TASK_PHASE_DELIVERED));

        restart();
        await("the stream is open again", () -> server.stages.getLast().equals("held"));
        server.direct(1, TaskDirective.Order.DELIVER_AGAIN);

        await("it is there again", () -> server.results.size() == 2);
        assertThat(starts()).isEqualTo(1);
    }

    @Test
    void startsATaskOnceMoreWhenItsExecutorIsKilledAndNotTwice() throws IOException {
        waitsFor(directory.resolve("never"));
        server.assign(1);
        await("the script runs", () -> starts() == 1);

        executors().forEach(ProcessHandle::destroyForcibly);
        await("it runs again", () -> starts() == 2);
        executors().forEach(ProcessHandle::destroyForcibly);

        await("the failure is told", () -> server.results.size() == 1);
        assertThat(server.results.getFirst().getFailure().getCode()).isEqualTo("SCRIPT_KILLED");
        assertThat(starts()).isEqualTo(2);
    }

    @Test
    void dropsAStoppedTask() {
        waitsFor(directory.resolve("never"));
        server.assign(1);
        await("the script runs", () -> starts() == 1);
        await("the stream is open", () -> server.stages.contains("training"));

        server.direct(1, TaskDirective.Order.STOP);

        await("the selector knows", () -> told(TaskPhase.TASK_PHASE_DROPPED));
        assertThat(server.results).isEmpty();
    }
}
