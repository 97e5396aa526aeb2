package io.nsfl.taskmanager;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import io.nsfl.modelformats.safetensors.SafetensorsFile;
import io.nsfl.modelformats.safetensors.SafetensorsWriter;
import io.nsfl.protocol.ids.Runtime;
import io.nsfl.protocol.v1.ArtifactKind;
import io.nsfl.protocol.v1.TensorRule;
import io.nsfl.protocol.v1.TensorTreatment;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

/** A client with the executor that this project builds, and scripts in plain Python: no framework has to be there. */
class RealExecutorIT extends ClientScenario {
    private static final int ELEMENTS = 3;
    /** Adds 1 to every element: the last bytes of a safetensors file with one float32 tensor. */
    private static final String TRAIN = """
            import os, struct, sys
            import neursafe_fl as nsfl
            work = os.environ["TASK_WORKSPACE"]
            open(os.path.join(work, "..", "..", "seen", "starts"), "a").write("x\\n")
            go = os.path.join(work, "..", "go")
            if "--wait" in sys.argv:
                import time
                while not os.path.exists(go):
                    time.sleep(0.02)
            if "--fail" in sys.argv:
                raise ValueError("the last word of the script")
            data = open(os.path.join(work, "init_weights.safetensors"), "rb").read()
            head, values = data[:-12], struct.unpack("<3f", data[-12:])
            with open(os.path.join(work, "trained_weights.pth"), "wb") as out:
                out.write(head + struct.pack("<3f", *(value + 1 for value in values)))
            assert "NSFL_SECRETS" not in os.environ
            nsfl.commit_metrics({"sample_num": 7, "loss": 0.5})
            """;

    @Override
    void prepare() throws IOException {
        server.runtime = "pytorch";
        server.tensors = List.of(TensorRule.newBuilder()
                .setName("w")
                .setDtype("F32")
                .addShape(ELEMENTS)
                .setTreatment(TensorTreatment.TENSOR_TREATMENT_TRAINABLE)
                .build());
        writeArtifacts();
    }

    @Override
    Map<Runtime, String> pythons() throws IOException {
        return Map.of(Runtime.PYTORCH, python());
    }

    @Override
    Path installation() {
        return Path.of("..").toAbsolutePath().normalize();
    }

    /** Says that torch can be imported, and is the usual interpreter otherwise. */
    private String python() throws IOException {
        Path file = directory.resolve("python");
        Files.writeString(file, "#!/bin/sh\ncase \"$1\" in -c) exit 0;; esac\nexec python3 \"$@\"\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return file.toString();
    }

    private void writeArtifacts() throws IOException {
        Path model = directory.resolve("model.safetensors");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment values = arena.allocate(ELEMENTS * 4L, 8);
            for (int i = 0; i < ELEMENTS; i++) {
                values.setAtIndex(ValueLayout.JAVA_FLOAT, i, i);
            }
            TensorSpec spec = new TensorSpec("w", DType.F32, List.of((long) ELEMENTS), TensorKind.TRAINABLE);
            SafetensorsWriter.write(model, new TensorSet(List.of(new NamedTensor(spec, values))), Map.of());
        }
        Path scripts = directory.resolve("scripts.zip");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(scripts))) {
            entry(zip, "task.json", "{\"train\": {\"command\": \"python3\", \"entry\": \"train.py\", \"timeout\": 5}}");
            entry(zip, "train.py", TRAIN);
        }
        artifact("weights", ArtifactKind.ARTIFACT_KIND_WEIGHTS, model);
        artifact("template", ArtifactKind.ARTIFACT_KIND_TEMPLATE, model);
        artifact("scripts", ArtifactKind.ARTIFACT_KIND_SCRIPTS, scripts);
    }

    private static void entry(ZipOutputStream zip, String name, String content) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(content.getBytes(StandardCharsets.UTF_8));
    }

    private List<ProcessHandle> scripts() {
        return processes().stream()
                .flatMap(ProcessHandle::descendants)
                .filter(process -> process.info()
                        .command()
                        .filter(command -> command.contains("python"))
                        .isPresent())
                .toList();
    }

    @Test
    void deliversTheDifferenceThatAScriptTrained() throws IOException {
        server.assign(1);
        await("the result is there", () -> server.results.size() == 1);

        assertThat(server.results.getFirst().getFailure().getMessage()).isEmpty();
        assertThat(server.results.getFirst().getMetricsMap()).containsEntry("sample_num", 7.0);
        Path update = Files.write(directory.resolve("update"), server.received, StandardOpenOption.CREATE);
        try (SafetensorsFile delta = SafetensorsFile.open(update)) {
            NamedTensor moved = delta.tensors().tensors().getFirst();
            for (int i = 0; i < ELEMENTS; i++) {
                assertThat(moved.at(i)).isEqualTo(1.0);
            }
        }
    }

    @Test
    void reportsTheEndOfTheLogOfAScriptThatFails() {
        server.parameters = "{\"--fail\": true}";

        server.assign(1);
        await("the failure is told", () -> server.results.size() == 1);

        assertThat(server.results.getFirst().getFailure().getCode()).isEqualTo("SCRIPT_FAILED");
        assertThat(server.results.getFirst().getFailure().getMessage()).contains("the last word of the script");
    }

    @Test
    void startsAKilledScriptOnceMoreInTotal() {
        server.parameters = "{\"--wait\": true}";
        server.assign(1);
        await("the script runs", () -> starts() == 1);
        scripts().forEach(ProcessHandle::destroyForcibly);
        await("it runs again", () -> starts() == 2);

        scripts().forEach(ProcessHandle::destroyForcibly);

        await("the failure is told", () -> server.results.size() == 1);
        assertThat(server.results.getFirst().getFailure().getCode()).isEqualTo("SCRIPT_KILLED");
        assertThat(starts()).isEqualTo(2);
    }

    @Test
    void adoptsARunningScriptAfterARestart() throws IOException {
        server.parameters = "{\"--wait\": true}";
        server.assign(1);
        await("the script runs", () -> starts() == 1);

        client.close();
        server.events.clear();
        start();
        Files.createFile(workspace().resolve("go"));

        await("the result is there", () -> server.results.size() == 1);
        assertThat(server.results.getFirst().getFailure().getMessage()).isEmpty();
        assertThat(starts()).isEqualTo(1);
    }
}
