package io.nsfl.coordinator.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.nsfl.coordinator.checkpoint.Digests;
import io.nsfl.coordinator.round.WorkId;
import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import io.nsfl.modelformats.delta.DeltaReader;
import io.nsfl.modelformats.safetensors.SafetensorsWriter;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.ids.RunKey;
import io.nsfl.protocol.job.JobConfigReader;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.protocol.transfer.FileSink;
import io.nsfl.protocol.v1.Artifact;
import io.nsfl.protocol.v1.ArtifactDelta;
import io.nsfl.protocol.v1.ArtifactKind;
import io.nsfl.protocol.v1.RunRef;
import io.nsfl.protocol.v1.TaskKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelDeltasTest {
    private static final WorkId WORK = new WorkId(1, 1, TaskKind.TASK_KIND_TRAIN);

    @TempDir
    private Path directory;

    private final Deque<Runnable> background = new ArrayDeque<>();
    private final List<String> news = new ArrayList<>();

    @Test
    void offersTheWayFromTheModelBefore() throws IOException {
        ModelDeltas deltas = deltas("delta");
        GlobalModel.Base before = model(0, 0);
        GlobalModel.Base after = model(1, 10);
        deltas.begin(WORK, List.of(before), after.file(), after.digest());

        assertThat(deltas.offer(artifact(after), "c-1").getDeltasList()).isEmpty();
        assertThat(deltas.complete(after.digest()).toCompletableFuture()).isNotDone();
        work();

        assertThat(deltas.complete(after.digest()).toCompletableFuture()).isDone();
        ArtifactDelta delta = deltas.offer(artifact(after), "c-1").getDeltas(0);
        assertThat(delta.getBaseSha256().toByteArray()).isEqualTo(before.digest());
        assertThat(delta.getSize()).isLessThan(Files.size(after.file()) / 2);
        Path file = deltas.find(after.digest(), delta.getName()).orElseThrow().file();
        assertThat(Digests.sha256(file)).isEqualTo(delta.getSha256().toByteArray());
        Path made = directory.resolve("made");
        try (FileSink sink = FileSink.open(made, 0, Files.size(after.file()))) {
            DeltaReader.apply(before.file(), file, sink);
        }
        assertThat(made).hasSameBinaryContentAs(after.file());
        assertThat(news).singleElement().asString().contains(delta.getSize() + " bytes instead of");
    }

    @Test
    void goesBackAsFarAsClientsHoldModels() throws IOException {
        ModelDeltas deltas = deltas("delta");
        GlobalModel.Base oldest = model(0, 0);
        GlobalModel.Base unheld = model(1, 10);
        GlobalModel.Base before = model(2, 20);
        GlobalModel.Base after = model(3, 30);
        deltas.offer(artifact(unheld), "c-1");
        deltas.offer(artifact(oldest), "c-1");
        deltas.begin(WORK, List.of(before, unheld, oldest), after.file(), after.digest());
        deltas.begin(WORK, List.of(before, unheld, oldest), after.file(), after.digest());
        work();

        assertThat(deltas.offer(artifact(after), "c-1").getDeltasList())
                .extracting(delta -> delta.getBaseSha256().toByteArray())
                .containsExactly(before.digest(), oldest.digest());
    }

    @Test
    void offersNothingWhereNothingIsSaved() throws IOException {
        ModelDeltas deltas = deltas("delta");
        GlobalModel.Base before = model(0, 0);
        GlobalModel.Base after = model(1, 10_000);
        Path gone = directory.resolve("gone");
        deltas.begin(WORK, List.of(before), after.file(), after.digest());
        GlobalModel.Base lost = new GlobalModel.Base(gone, null, null, new byte[32]);
        GlobalModel.Base next = model(2, 10);
        deltas.begin(WORK, List.of(lost), next.file(), next.digest());
        work();

        assertThat(deltas.offer(artifact(next), "c-1").getDeltasList()).isEmpty();
        assertThat(deltas.complete(next.digest()).toCompletableFuture()).isDone();
        assertThat(deltas.complete(new byte[32]).toCompletableFuture()).isDone();
    }

    @Test
    void keepsDeltasAsLongAsTheirModel() throws IOException {
        ModelDeltas deltas = deltas("delta");
        GlobalModel.Base before = model(0, 0);
        GlobalModel.Base after = model(1, 10);
        deltas.begin(WORK, List.of(before), after.file(), after.digest());
        work();
        deltas.retain(List.of(after, before));
        assertThat(deltaFiles()).hasSize(1);

        GlobalModel.Base next = model(2, 20);
        deltas.begin(WORK, List.of(after), next.file(), next.digest());
        // Its model goes while the delta is being made.
        deltas.retain(List.of(before));
        work();

        assertThat(deltaFiles()).isEmpty();
        assertThat(deltas.find(next.digest(), "any")).isEmpty();
    }

    @Test
    void makesNoneForAJobThatDoesNotAsk() throws IOException {
        ModelDeltas deltas = deltas("full");
        GlobalModel.Base after = model(1, 10);
        deltas.begin(WORK, List.of(model(0, 0)), after.file(), after.digest());

        assertThat(background).isEmpty();
        assertThat(deltas.asked()).isFalse();
        assertThat(deltas.offer(artifact(after), "c-1")).isEqualTo(artifact(after));
    }

    private void work() {
        while (!background.isEmpty()) {
            background.removeFirst().run();
        }
    }

    private ModelDeltas deltas(String downlink) {
        RunPlan plan = RunPlan.of(
                JobConfigReader.forCoordinator(
                                JobJson.object(("""
                                {"id": "j", "namespace": "default", "runtime": "pytorch", "output": "/o",
                                 "model_path": "/m.pth", "task_entry": "e", "compression": {"downlink": "%s"}}
                                """.formatted(downlink)).getBytes(StandardCharsets.UTF_8)))
                        .orThrow(Fault.CONFIGURATION_INVALID, "The job"),
                RunRef.getDefaultInstance(),
                RunKey.of(new byte[32]),
                () -> "");
        return new ModelDeltas(plan, directory, background::add, (_, message) -> news.add(message));
    }

    /** Values that only the first elements differ from those of number 0. */
    private GlobalModel.Base model(int number, int changed) {
        Random random = new Random(1);
        float[] values = new float[1_000];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        for (int i = 0; i < Math.min(changed, values.length); i++) {
            values[i] = new Random(number).nextFloat() + i;
        }
        TensorSpec spec = new TensorSpec("w", DType.F32, List.of(1_000L), TensorKind.TRAINABLE);
        Path file = directory.resolve("model-" + number);
        SafetensorsWriter.write(file, new TensorSet(List.of(new NamedTensor(spec, World.offHeap(values)))), Map.of());
        return new GlobalModel.Base(file, null, null, Digests.sha256(file));
    }

    private Artifact artifact(GlobalModel.Base model) throws IOException {
        return Artifact.newBuilder()
                .setName("weights.safetensors")
                .setKind(ArtifactKind.ARTIFACT_KIND_WEIGHTS)
                .setSize(Files.size(model.file()))
                .setSha256(ByteString.copyFrom(model.digest()))
                .build();
    }

    private List<Path> deltaFiles() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".delta")).toList();
        }
    }
}
