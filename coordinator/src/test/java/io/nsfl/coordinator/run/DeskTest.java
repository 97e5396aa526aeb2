package io.nsfl.coordinator.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.nsfl.coordinator.round.OpenWork;
import io.nsfl.coordinator.round.RosterEntry;
import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.RunKey;
import io.nsfl.protocol.job.JobConfigReader;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.protocol.v1.Receipt;
import io.nsfl.protocol.v1.RunRef;
import io.nsfl.protocol.v1.TaskDirective;
import io.nsfl.protocol.v1.TaskKind;
import io.nsfl.protocol.v1.TaskRef;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

final class DeskTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final TaskRef TASK = TaskRef.newBuilder()
            .setRound(1)
            .setAttempt(1)
            .setClientId("c-1")
            .setKind(TaskKind.TASK_KIND_TRAIN)
            .build();

    private final List<TaskDirective> told = new ArrayList<>();
    private final RunPlan plan = RunPlan.of(
            JobConfigReader.forCoordinator(JobJson.object("""
                            {"id": "j", "namespace": "default", "runtime": "pytorch", "output": "/o",
                             "model_path": "/m.pth", "task_entry": "e"}
                            """.getBytes(StandardCharsets.UTF_8)))
                    .orThrow(Fault.CONFIGURATION_INVALID, "The job"),
            RunRef.getDefaultInstance(),
            RunKey.of(new byte[32]),
            () -> "");
    private final TensorSpec bias = new TensorSpec("bias", DType.F32, List.of(1L), TensorKind.TRAINABLE);
    private final ModelDeltas deltas = new ModelDeltas(plan, Path.of("unused"), Runnable::run, (_, _) -> {});
    private final Desk desk = new Desk(
            plan.ref(),
            new TaskSheet(plan, List.of(bias), "pth", deltas),
            deltas,
            () -> NOW,
            Optional.empty(),
            _ -> {},
            (_, _) -> false);

    @Test
    void dropsWhatComesForWorkThatIsOver() {
        desk.open(work(), List.of(), "");
        assertThat(desk.decided(TASK)).isEmpty();

        desk.close();

        assertThat(desk.decided(TASK).orElseThrow().getVerdict()).isEqualTo(Receipt.Verdict.SETTLED_DROPPED);
        desk.directives(TASK, told::add);
        assertThat(told).extracting(TaskDirective::getOrder).containsExactly(TaskDirective.Order.SETTLED_DROPPED);
    }

    @Test
    void decidesNothingMoreOnceItsProcessEnds() {
        desk.open(work(), List.of(), "");

        desk.end();

        // The work goes on at the next coordinator, which still wants this result.
        unavailable(() -> desk.decided(TASK));
        unavailable(() -> desk.describe(TASK));
        unavailable(() -> desk.artifact(TASK, "model"));
        unavailable(() -> desk.directives(TASK, told::add));
        assertThat(told).isEmpty();
    }

    private static void unavailable(ThrowingCallable call) {
        assertThatThrownBy(call)
                .asInstanceOf(type(FaultException.class))
                .satisfies(failure -> assertThat(failure.fault()).isEqualTo(Fault.UNAVAILABLE))
                .satisfies(failure -> assertThat(failure.retryAfter()).isPresent());
    }

    private OpenWork work() {
        return new OpenWork(
                plan.ref(),
                1,
                1,
                TaskKind.TASK_KIND_TRAIN,
                Map.of("c-1", new RosterEntry("c-1", "one", "", 0, Optional.empty())),
                new TensorSet(List.of(new NamedTensor(bias, World.offHeap(new float[1])))),
                new byte[32],
                Optional.empty(),
                1,
                1,
                List.of(),
                NOW.plusSeconds(60),
                false,
                Optional.empty());
    }
}
