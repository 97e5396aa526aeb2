package io.nsfl.taskmanager.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.nsfl.protocol.ids.Runtime;
import io.nsfl.protocol.v1.Resources;
import io.nsfl.taskmanager.MaskingPolicy;
import io.nsfl.taskmanager.ScriptSandbox;
import io.nsfl.taskmanager.dataset.AccountedDatasets;
import io.nsfl.workload.Mount;
import io.nsfl.workload.WorkloadService;
import io.nsfl.workload.WorkloadSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class ExecutorPodsTest {
    private static final ExecutorKey KEY = new ExecutorKey("c-1", "default", "mnist", "run-1");
    private static final List<Mount> MOUNTS = ExecutorPods.mounts(
            List.of(Path.of("/data/workspace")),
            List.of(Path.of("/data/datasets"), Path.of("/data/datasets/mnist"), Path.of("/elsewhere/images")),
            Map.of(Path.of("/data"), "shared"));

    private final ExecutorWorkload workload = new ExecutorWorkload(
            new ExecutorWorkload.Program(
                    List.of("/opt/nsfl/java/bin/java"),
                    "executor.jar",
                    Path.of("/data/workspace/.nsfl/executors"),
                    Path.of("/data/workspace"),
                    Path.of("/data/workspace/.nsfl/task_manager"),
                    Map.of(),
                    "/opt/nsfl/sdk/python",
                    "",
                    new ExecutorWorkload.ScriptIsolation(
                            new ScriptSandbox(true, true, false, List.of(Path.of("/data/shared"))),
                            List.of(Path.of("/data/lmdb")),
                            List.of(Path.of("/data/datasets/mnist"), Path.of("/data/datasets/faces")),
                            new AccountedDatasets(
                                    Map.of("mnist", "/data/datasets/mnist", "faces", "/data/datasets/faces")),
                            100),
                    MaskingPolicy.DEFAULT),
            Optional.of(new ExecutorPods("client:1", 8050, "http://proxy:1", "", MOUNTS)));

    @Test
    void mountsEachDirectoryOnceFromItsClaimOrTheNode() {
        assertThat(MOUNTS)
                .extracting(Mount::target, Mount::source, Mount::readOnly)
                .containsExactly(
                        tuple(
                                Path.of("/data/workspace"),
                                new Mount.Source.Claim("shared", Path.of("workspace")),
                                false),
                        tuple(Path.of("/data/datasets"), new Mount.Source.Claim("shared", Path.of("datasets")), true),
                        tuple(Path.of("/elsewhere/images"), new Mount.Source.Node(Path.of("/elsewhere/images")), true));
    }

    @Test
    void givesEachWorkerAPodOfItsOwn() {
        List<ExecutorSeat> seats = workload.seats(KEY, 2);
        Resources resources =
                Resources.newBuilder().setCpu(2).setMemoryMb(1024).setGpu(1).build();

        WorkloadSpec second = workload.spec(seats.get(1), resources, "secret");

        assertThat(seats).extracting(ExecutorSeat::name).containsExactly(KEY.name() + "-0", KEY.name() + "-1");
        assertThat(KEY.name()).matches("nsfl-x-[0-9a-f]{10}");
        assertThat(second.labels()).containsEntry("worker", "1").containsEntry("component", "executor");
        assertThat(second.image()).contains("client:1");
        assertThat(second.command()).startsWith("/opt/nsfl/bin/executor", "--config_file");
        assertThat(second.resources().gpu()).isOne();
        assertThat(second.service()).map(WorkloadService::headless).contains(true);
        assertThat(second.toString()).doesNotContain("=secret");
    }

    @Test
    void tellsWorkersWhereTheOthersAre() {
        ObjectNode config = workload.config(workload.seats(KEY, 2).get(1), Runtime.PYTORCH, List.of());

        assertThat(config.path("worker").asInt()).isOne();
        assertThat(config.path("workers").get(0).asString()).isEqualTo(KEY.name() + "-0:8051");
        assertThat(config.path("port").asInt()).isEqualTo(8050);
        assertThat(config.path("http_proxy").asString()).isEqualTo("http://proxy:1");
        assertThat(config.path("hidden").toString()).doesNotContain("lmdb");
    }

    @Test
    void tellsWhatTheOwnerLetsScriptsDo() {
        ObjectNode config = workload.config(workload.seats(KEY, 1).getFirst(), Runtime.PYTORCH, List.of());

        assertThat(config.path("sandbox_required").asBoolean()).isTrue();
        assertThat(config.path("network").asBoolean()).isFalse();
        assertThat(config.path("readable").get(0).asString()).isEqualTo("/data/datasets/mnist");
        assertThat(config.path("writable").get(0).asString()).isEqualTo("/data/shared");
    }

    @Test
    void hidesTheDatasetsThatATaskIsNotChargedFor() {
        ExecutorSeat seat = workload.seats(KEY, 1).getFirst();

        ObjectNode some = workload.config(seat, Runtime.PYTORCH, List.of("mnist"));
        ObjectNode all = workload.config(seat, Runtime.PYTORCH, List.of());

        assertThat(some.path("hidden").toString()).contains("faces").doesNotContain("mnist");
        assertThat(some.path("readable").toString()).contains("mnist").doesNotContain("faces");
        assertThat(all.path("hidden").toString()).doesNotContain("faces");
        assertThat(all.path("readable").toString()).contains("faces");
    }

    @Test
    void needsNoServiceForASingleWorker() {
        assertThat(workload.spec(workload.seats(KEY, 1).getFirst(), Resources.getDefaultInstance(), "s")
                        .service())
                .isEmpty();
    }
}
