package io.nsfl.executor.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.Elements;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import io.nsfl.modelformats.safetensors.SafetensorsFile;
import io.nsfl.modelformats.safetensors.SafetensorsWriter;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.RunTaskRequest;
import io.nsfl.protocol.v1.TaskDescription;
import io.nsfl.protocol.v1.TaskKind;
import io.nsfl.protocol.v1.TaskRef;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One round of a client, with x, y, c and c_i of the published vectors (client 0). */
class ControlledStepsTest {
    private static final TensorSpec W = new TensorSpec("w", DType.F64, List.of(2L), TensorKind.TRAINABLE);
    private static final TensorSpec MEAN = new TensorSpec("running_mean", DType.F32, List.of(2L), TensorKind.STATISTIC);
    private static final List<TensorSpec> MODEL = List.of(W, MEAN);

    @TempDir
    Path workspace;

    private ControlledSteps steps;

    @BeforeEach
    void layOut() throws IOException {
        Files.createDirectories(workspace.resolve("tmp"));
        Files.createDirectories(workspace.resolve("state_in"));
        write(workspace.resolve("template.safetensors"), MODEL, 0, 0);
        write(workspace.resolve("c.safetensors"), List.of(named("control_variate/w")), 0.05, -0.05);
        write(workspace.resolve("state_in/control_variate.safetensors"), List.of(W), 0.1, 0);
        steps = ControlledSteps.of(request("scaffold", TaskKind.TASK_KIND_TRAIN), MODEL)
                .orElseThrow();
    }

    @Test
    void givesTheScriptWhatItsGradientsAreCorrectedBy() {
        steps.prepare();

        assertThat(read(workspace.resolve("control_correction.safetensors"), "w"))
                .containsExactly(new double[] {-0.05, -0.05}, within(1e-15));
        assertThat(read(workspace.resolve("control_correction.safetensors"), "running_mean"))
                .containsExactly(0, 0);
    }

    @Test
    void sendsTheChangeAndLeavesTheNextControlVariate() throws IOException {
        Files.writeString(workspace.resolve("control.json"), "{\"step_length\": 0.30000000000000004}");

        TensorSet update = update();

        assertThat(values(update, "nsfl:delta_c/w"))
                .containsExactly(new double[] {-0.546833333333333, -0.8039999999999998}, within(1e-12));
        assertThat(read(workspace.resolve("state_out/control_variate.safetensors"), "w"))
                .containsExactly(new double[] {-0.44683333333333297, -0.8039999999999998}, within(1e-12));
    }

    @Test
    void takesTheGradientWhereTheScriptLeftOne() throws IOException {
        Files.writeString(workspace.resolve("control.json"), "{\"step_length\": 0.3, \"by_gradient\": true}");
        assertThatThrownBy(this::update).hasMessageContaining("keep_gradient");
        write(workspace.resolve("control_gradient.pth"), MODEL, -0.5, -1.0);

        TensorSet update = update();

        assertThat(values(update, "nsfl:delta_c/w")).containsExactly(new double[] {-0.6, -1.0}, within(1e-12));
        assertThat(read(workspace.resolve("state_out/control_variate.safetensors"), "w"))
                .containsExactly(new double[] {-0.5, -1.0}, within(1e-12));
    }

    @Test
    void takesNeitherReportNorGradientThroughALink() throws IOException {
        Path elsewhere = Files.createDirectories(workspace.resolve("elsewhere"));
        Files.writeString(elsewhere.resolve("control.json"), "{\"step_length\": 0.3, \"by_gradient\": true}");
        write(elsewhere.resolve("control_gradient.pth"), MODEL, -0.5, -1.0);
        Files.createSymbolicLink(workspace.resolve("control_gradient.pth"), elsewhere.resolve("control_gradient.pth"));
        Files.createSymbolicLink(workspace.resolve("control.json"), elsewhere.resolve("control.json"));
        assertThatThrownBy(this::update).hasMessageContaining("create_optimizer");
        Files.delete(workspace.resolve("control.json"));
        Files.copy(elsewhere.resolve("control.json"), workspace.resolve("control.json"));

        assertThatThrownBy(this::update).hasMessageContaining("keep_gradient");
    }

    @Test
    void tellsAScriptThatDidNotUseTheOptimizerWhatToDo() throws IOException {
        assertThatThrownBy(this::update)
                .isInstanceOfSatisfying(
                        FaultException.class, e -> assertThat(e.fault()).isEqualTo(Fault.RESULT_MISSING))
                .hasMessageContaining("create_optimizer");
        for (String report : List.of("{}", "{\"step_length\": -1}", "{\"step_length\": \"NaN\"}", "[]")) {
            Files.writeString(workspace.resolve("control.json"), report);
            assertThatThrownBy(this::update).as(report).isInstanceOf(FaultException.class);
        }
    }

    @Test
    void isForTrainingWithScaffoldOnly() {
        assertThat(ControlledSteps.of(request("fedprox", TaskKind.TASK_KIND_TRAIN), MODEL))
                .isEmpty();
        assertThat(ControlledSteps.of(request("scaffold", TaskKind.TASK_KIND_EVALUATE), MODEL))
                .isEmpty();
    }

    private TensorSet update() {
        Arena arena = Arena.ofAuto();
        TensorSet out = TensorSet.allocate(arena, steps.specs());
        steps.write(model(arena, 0.5, -0.5), model(arena, 0.6490499999999999, -0.2438), out);
        return out;
    }

    private RunTaskRequest request(String optimizer, TaskKind kind) {
        return RunTaskRequest.newBuilder()
                .setWorkspace(workspace.toString())
                .setTemplate(workspace.resolve("template.safetensors").toString())
                .setControlVariates(workspace.resolve("c.safetensors").toString())
                .setDescription(TaskDescription.newBuilder()
                        .setTask(TaskRef.newBuilder().setKind(kind))
                        .setOptimizerName(optimizer)
                        .setModelSuffix(".safetensors"))
                .build();
    }

    private static TensorSpec named(String name) {
        return new TensorSpec(name, DType.F64, List.of(2L), TensorKind.TRAINABLE);
    }

    private static TensorSet model(Arena arena, double first, double second) {
        return filled(arena, MODEL, first, second);
    }

    private static TensorSet filled(Arena arena, List<TensorSpec> specs, double first, double second) {
        TensorSet tensors = TensorSet.allocate(arena, specs);
        Elements.write(DType.F64, tensors.tensors().getFirst().data(), 0, 2, new double[] {first, second});
        return tensors;
    }

    private static void write(Path file, List<TensorSpec> specs, double first, double second) {
        try (Arena arena = Arena.ofConfined()) {
            SafetensorsWriter.write(file, filled(arena, specs, first, second), Map.of());
        }
    }

    private static double[] read(Path file, String tensor) {
        try (SafetensorsFile open = SafetensorsFile.open(file)) {
            return values(open.tensors(), tensor);
        }
    }

    private static double[] values(TensorSet tensors, String name) {
        return new double[] {tensors.get(name).at(0), tensors.get(name).at(1)};
    }
}
