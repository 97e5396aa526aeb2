package io.nsfl.taskmanager.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.protocol.v1.Resources;
import io.nsfl.protocol.v1.TaskKind;
import io.nsfl.taskmanager.ids.TaskKey;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResourceLedgerTest {
    private final ResourceLedger ledger = new ResourceLedger(resources(4, 8000, 1), resources(2, 0, 0));

    private static Resources resources(double cpu, long memory, int gpu) {
        return Resources.newBuilder()
                .setWorkerNum(1)
                .setCpu(cpu)
                .setMemoryMb(memory)
                .setGpu(gpu)
                .build();
    }

    private static TaskKey task(int round) {
        return new TaskKey("ns", "job", "run", round, 1, TaskKind.TASK_KIND_TRAIN);
    }

    @Test
    void letsTheOwnersCapTakeThePlaceOfALargerOrMissingWish() {
        assertThat(ledger.within(resources(3, 500, 0)).getCpu()).isEqualTo(2);
        assertThat(ledger.within(resources(0, 500, 0)).getCpu()).isEqualTo(2);
        assertThat(ledger.within(resources(1, 500, 0)).getCpu()).isEqualTo(1);
        assertThat(ledger.within(resources(1, 500, 0)).getMemoryMb()).isEqualTo(500);
    }

    @Test
    void countsEveryWorker() {
        Resources three = resources(1, 1000, 0).toBuilder().setWorkerNum(3).build();

        assertThat(ledger.reserve(task(1), three)).isEmpty();

        assertThat(ledger.free().getCpu()).isEqualTo(1);
        assertThat(ledger.free().getMemoryMb()).isEqualTo(5000);
        assertThat(ledger.reserve(task(2), three))
                .hasValueSatisfying(
                        shortage -> assertThat(shortage).isEqualTo("The task needs 3 cpu cores, 1 of 4 are free"));
    }

    @Test
    void givesBackWhatIsReleased() {
        ledger.reserve(task(1), resources(4, 8000, 1));
        ledger.release(task(1));

        assertThat(ledger.reserve(task(2), resources(4, 8000, 1))).isEmpty();
        assertThat(ledger.tasks()).isEqualTo(1);
    }

    @Test
    void namesTheGpuThatIsShort() {
        assertThat(ledger.reserve(task(1), resources(1, 1, 2)))
                .hasValueSatisfying(shortage -> assertThat(shortage).contains("2 GPUs", "1 of 1"));
    }

    @Test
    void givesNoDeviceToTwoTasks() {
        ResourceLedger four = new ResourceLedger(resources(8, 8000, 4), Resources.getDefaultInstance());
        Resources twoWorkers = resources(1, 1, 1).toBuilder().setWorkerNum(2).build();

        four.reserve(task(1), twoWorkers);
        four.reserve(task(2), resources(1, 1, 1));
        four.release(task(1));
        four.reserve(task(3), resources(1, 1, 3));

        assertThat(devices(four, 2)).containsExactly(2);
        assertThat(devices(four, 3)).containsExactly(0, 1, 3);
        assertThat(four.reserve(task(4), resources(1, 1, 1))).isPresent();
    }

    @Test
    void keepsTheDevicesOfATaskFromBeforeARestart() {
        ResourceLedger two = new ResourceLedger(resources(8, 8000, 2), Resources.getDefaultInstance());
        two.restore(task(1), resources(1, 1, 1).toBuilder().addGpuDevices(0).build());

        two.reserve(task(2), resources(1, 1, 1));

        assertThat(devices(two, 2)).containsExactly(1);
    }

    private static List<Integer> devices(ResourceLedger ledger, int round) {
        return ledger.reservedBy(task(round)).orElseThrow().getGpuDevicesList();
    }

    @Test
    void countsTheGpusThatTheDriverLists() {
        assertThat(GpuCount.count("GPU 0: NVIDIA (UUID: a)\nGPU 1: NVIDIA (UUID: b)\n"))
                .isEqualTo(2);
        assertThat(GpuCount.count("No devices found.\n")).isZero();
    }
}
