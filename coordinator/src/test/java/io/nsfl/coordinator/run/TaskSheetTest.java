package io.nsfl.coordinator.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.coordinator.round.OpenWork;
import io.nsfl.coordinator.round.RosterEntry;
import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.ids.RunKey;
import io.nsfl.protocol.job.JobConfigReader;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.protocol.v1.RunRef;
import io.nsfl.protocol.v1.TaskDescription;
import io.nsfl.protocol.v1.TaskKind;
import io.nsfl.protocol.v1.TaskRef;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class TaskSheetTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void tellsClientsTheOptimizerOfTheJob() {
        TaskDescription sheet = describe(", \"optimizer\": {\"name\": \"fedprox\", \"params\": {\"mu\": 0.25}}");

        assertThat(sheet.getOptimizerName()).isEqualTo("fedprox");
        assertThat(JobJson.object(sheet.getOptimizerParamsJson().getBytes(StandardCharsets.UTF_8))
                        .path("mu")
                        .asDouble())
                .isEqualTo(0.25);
    }

    @Test
    void namesNoOptimizerWhereTheJobNamesNone() {
        TaskDescription sheet = describe("");

        assertThat(sheet.getOptimizerName()).isEmpty();
        assertThat(sheet.getOptimizerParamsJson()).isEmpty();
    }

    private static TaskDescription describe(String more) {
        String job = """
                {"id": "j", "namespace": "default", "runtime": "pytorch", "output": "/o", "model_path": "/m.pth",
                 "task_entry": "e"%s}
                """.formatted(more);
        RunPlan plan = RunPlan.of(
                JobConfigReader.forCoordinator(JobJson.object(job.getBytes(StandardCharsets.UTF_8)))
                        .orThrow(Fault.CONFIGURATION_INVALID, "The job"),
                RunRef.getDefaultInstance(),
                RunKey.of(new byte[32]),
                () -> "");
        TensorSpec bias = new TensorSpec("bias", DType.F32, List.of(1L), TensorKind.TRAINABLE);
        RosterEntry client = new RosterEntry("c-1", "one", "", 0, Optional.empty());
        OpenWork work = new OpenWork(
                plan.ref(),
                1,
                1,
                TaskKind.TASK_KIND_TRAIN,
                Map.of("c-1", client),
                new TensorSet(List.of(new NamedTensor(bias, World.offHeap(new float[1])))),
                new byte[32],
                Optional.empty(),
                1,
                1,
                List.of(),
                NOW.plusSeconds(60),
                false,
                Optional.empty());
        ModelDeltas deltas = new ModelDeltas(plan, Path.of("unused"), Runnable::run, (_, _) -> {});
        return new TaskSheet(plan, List.of(bias), "pth", deltas)
                .describe(TaskRef.newBuilder().setClientId("c-1").build(), work, client, List.of(), NOW);
    }
}
