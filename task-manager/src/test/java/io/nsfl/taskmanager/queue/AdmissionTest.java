package io.nsfl.taskmanager.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.ids.Runtime;
import io.nsfl.protocol.v1.Assignment;
import io.nsfl.protocol.v1.Resources;
import io.nsfl.protocol.v1.TaskKind;
import io.nsfl.protocol.v1.TaskRef;
import io.nsfl.taskmanager.TestTasks;
import io.nsfl.taskmanager.ids.TaskKey;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AdmissionTest {
    private String full = "";
    private final Admission admission = new Admission(
            new ResourceLedger(
                    Resources.newBuilder().setCpu(4).setMemoryMb(4000).build(), Resources.getDefaultInstance()),
            new Admission.Rules(
                    "c-1",
                    2,
                    () -> Set.of(Runtime.DL4J),
                    () -> Set.of("mnist"),
                    () -> Optional.of(full).filter(reason -> !reason.isEmpty())));

    private static TaskRef.Builder ref(int round) {
        return TestTasks.training(round).toBuilder();
    }

    private static Assignment.Builder assignment(int round) {
        return Assignment.newBuilder()
                .setTask(ref(round))
                .setRuntime("dl4j")
                .addDatasets("mnist")
                .setResources(Resources.newBuilder().setCpu(1).setMemoryMb(100));
    }

    private Optional<Admission.Refusal> refuses(Assignment.Builder assignment) {
        return admission.refuses(TaskKey.of(assignment.getTask()), assignment.build());
    }

    private void refused(Assignment.Builder assignment, Fault fault, String why) {
        assertThat(refuses(assignment)).hasValueSatisfying(refusal -> {
            assertThat(refusal.fault()).isEqualTo(fault);
            assertThat(refusal.message()).contains(why).endsWith(".");
        });
        assertThat(admission.load().runningTasks()).isZero();
    }

    @Test
    void takesWhatFitsAndHoldsItsResources() {
        assertThat(refuses(assignment(1))).isEmpty();

        assertThat(admission.load().free().getCpu()).isEqualTo(3);
        assertThat(admission.load().runningTasks()).isEqualTo(1);
        assertThat(admission.load().refusal()).isEmpty();
    }

    @Test
    void refusesARuntimeThatDoesNotWorkHere() {
        refused(assignment(1).setRuntime("pytorch"), Fault.TASK_REFUSED, "pytorch does not work");
        refused(assignment(1).setRuntime("nonsense"), Fault.TASK_REFUSED, "nonsense does not work");
    }

    @Test
    void refusesADatasetThatIsNotHere() {
        refused(assignment(1).addDatasets("cifar"), Fault.TASK_REFUSED, "no dataset named cifar");
    }

    @Test
    void refusesWhileTheStorageIsFullAndSaysSoInItsLoad() {
        full = "The storage of this client is full.";

        refused(assignment(1), Fault.STORAGE_FULL, "full");
        assertThat(admission.load().refusal()).isEqualTo(full);
    }

    @Test
    void refusesMoreTasksThanItTakesAtOnce() {
        refuses(assignment(1));
        refuses(assignment(2));

        assertThat(refuses(assignment(3)))
                .hasValueSatisfying(refusal -> assertThat(refusal.message()).contains("takes 2 at once"));
        assertThat(admission.load().refusal()).contains("takes 2 at once");
        admission.release(TaskKey.of(ref(1).build()));
        assertThat(refuses(assignment(3))).isEmpty();
    }

    @Test
    void refusesMoreThanTheMachineHas() {
        refused(
                assignment(1).setResources(Resources.newBuilder().setCpu(5)),
                Fault.TASK_REFUSED,
                "No enough resource for request: The task needs 5 cpu cores");
    }

    @Test
    void refusesMoreWorkersThanAnyClientStarts() {
        refused(
                assignment(1).setResources(Resources.newBuilder().setWorkerNum(Integer.MAX_VALUE)),
                Fault.TASK_REFUSED,
                "wants 2147483647 workers");
    }

    @Test
    void refusesNamesThatAreNoNamesAndTasksOfOthers() {
        refused(assignment(1).setTask(ref(1).setNamespace("../etc")), Fault.REQUEST_INVALID, "does not name a task");
        refused(assignment(1).setTask(ref(1).setJob("a/b")), Fault.REQUEST_INVALID, "does not name a task");
        refused(assignment(1).setTask(ref(1).setRun("")), Fault.REQUEST_INVALID, "does not name a task");
        refused(assignment(1).setTask(ref(1).setClientId("c-2")), Fault.REQUEST_INVALID, "does not name a task");
        refused(
                assignment(1).setTask(ref(1).setKind(TaskKind.TASK_KIND_UNSPECIFIED)),
                Fault.REQUEST_INVALID,
                "does not name a task");
    }
}
