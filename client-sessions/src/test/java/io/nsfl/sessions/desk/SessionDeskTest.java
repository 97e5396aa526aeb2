package io.nsfl.sessions.desk;

import static io.nsfl.sessions.desk.DeskFixture.RUN;
import static io.nsfl.sessions.desk.DeskFixture.profile;
import static io.nsfl.sessions.desk.DeskFixture.reservation;
import static io.nsfl.sessions.desk.DeskFixture.run;
import static io.nsfl.sessions.desk.DeskFixture.status;
import static io.nsfl.sessions.desk.DeskFixture.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.Assignment;
import io.nsfl.protocol.v1.CheckResourcesRequest;
import io.nsfl.protocol.v1.CheckResourcesResponse;
import io.nsfl.protocol.v1.ClientView;
import io.nsfl.protocol.v1.Conditions;
import io.nsfl.protocol.v1.ListClientsRequest;
import io.nsfl.protocol.v1.ListClientsResponse;
import io.nsfl.protocol.v1.PrivacySpent;
import io.nsfl.protocol.v1.ReleaseRequest;
import io.nsfl.protocol.v1.RenewRequest;
import io.nsfl.protocol.v1.RenewResponse;
import io.nsfl.protocol.v1.Report;
import io.nsfl.protocol.v1.RunRef;
import io.nsfl.protocol.v1.TaskPhase;
import io.nsfl.protocol.v1.TaskStatus;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class SessionDeskTest {
    private final DeskFixture fixture = new DeskFixture();

    private static void assertFault(ThrowingCallable call, Fault fault, String... words) {
        assertThatThrownBy(call).isInstanceOfSatisfying(FaultException.class, refused -> {
            assertThat(refused.fault()).isEqualTo(fault);
            List.of(words).forEach(word -> assertThat(refused).hasMessageContaining(word));
        });
    }

    @Test
    void leasesTheClientsThatFitAndSaysWhyOthersDoNot() {
        fixture.connect("c-1");
        fixture.connect("c-2");

        assertThat(fixture.reserve(reservation(RUN, 1, 2))).containsExactlyInAnyOrder("c-1", "c-2");
        assertFault(
                () -> fixture.reserve(
                        reservation(run("other", 1).toBuilder().setJob("b").build(), 1, 2)),
                Fault.CLIENTS_INSUFFICIENT,
                "2 clients are needed, 0 of 2 fit",
                "c-1 is busy with 1 of at most 1 task");
    }

    @Test
    void answersARepeatedReservationWithTheSameLeasesWhateverHasHappened() {
        fixture.connect("c-1");
        fixture.connect("c-2");
        List<String> first = fixture.reserve(reservation(RUN, 1, 1));
        fixture.desk.quit(fixture.channels.get(first.getFirst()), first.getFirst(), "done");

        assertThat(fixture.reserve(reservation(RUN, 1, 1))).isEqualTo(first);
        fixture.restart();
        assertThat(fixture.reserve(reservation(RUN, 1, 1))).isEqualTo(first);
        assertThat(fixture.reserve(reservation(run("run-1", 2), 1, 1))).isEqualTo(first);
    }

    @Test
    void refusesEarlierEpochsAndRunsThatWereFollowed() {
        fixture.connect("c-1");
        fixture.reserve(reservation(run("run-1", 2), 1, 1));
        assertFault(() -> fixture.reserve(reservation(RUN, 2, 1)), Fault.STALE_RUN, "epoch 2");

        assertThat(fixture.reserve(reservation(run("run-2", 1), 1, 1))).containsExactly("c-1");
        assertFault(() -> fixture.reserve(reservation(run("run-1", 3), 2, 1)), Fault.STALE_RUN, "followed");
        fixture.restart();
        assertFault(() -> fixture.reserve(reservation(run("run-1", 3), 2, 1)), Fault.STALE_RUN, "followed");
    }

    @Test
    void endsTheWatchOfAnEarlierEpoch() {
        DeskFixture.Watched watched = fixture.watch(RUN);
        fixture.watch(run("run-1", 2));
        assertThat(watched.ended)
                .hasValueSatisfying(reason -> assertThat(reason.fault()).isEqualTo(Fault.STALE_RUN));
    }

    @Test
    void repeatsAnAssignmentUntilItIsAccepted() {
        FakeChannel channel = fixture.connect("c-1");
        fixture.reserve(reservation(RUN, 1, 1));
        fixture.assign(RUN, 1, List.of("c-1"), "here:1");
        assertThat(channel.assignments()).hasSize(1);

        fixture.pass(Duration.ofSeconds(4));
        assertThat(channel.assignments()).hasSize(1);
        fixture.pass(Duration.ofSeconds(1));
        assertThat(channel.assignments()).hasSize(2);
        fixture.status("c-1", task(RUN, 1, "c-1"), TaskPhase.TASK_PHASE_ACCEPTED);
        fixture.pass(Duration.ofMinutes(1));
        assertThat(channel.assignments()).hasSize(2);
    }

    @Test
    void countsTheTimesOfAnAssignmentFromEachSending() {
        FakeChannel channel = fixture.connect("c-1");
        fixture.reserve(reservation(RUN, 1, 1));
        fixture.assign(RUN, 1, List.of("c-1"), "here:1");
        fixture.pass(Duration.ofSeconds(5));

        assertThat(channel.assignments()).extracting(a -> a.getDeadlineMs()).containsExactly(600_000L, 595_000L);
        assertThat(channel.assignments()).extracting(a -> a.getStartDelayMs()).containsExactly(1_000L, 0L);
    }

    @Test
    void keepsTheOutboxOverARestart() {
        fixture.connect("c-1");
        fixture.reserve(reservation(RUN, 1, 1));
        fixture.assign(RUN, 1, List.of("c-1"), "here:1");
        fixture.restart();
        fixture.clock.pass(Duration.ofSeconds(10));

        FakeChannel channel = fixture.connect("c-1");
        assertThat(channel.assignments()).singleElement().satisfies(assignment -> {
            assertThat(assignment.getTask()).isEqualTo(task(RUN, 1, "c-1"));
            assertThat(assignment.getDeadlineMs()).isEqualTo(590_000);
        });
    }

    @Test
    void sendsAnAcceptedAssignmentAgainWhenTheCoordinatorMoved() {
        FakeChannel channel = fixture.connect("c-1");
        fixture.reserve(reservation(RUN, 1, 1));
        fixture.assign(RUN, 1, List.of("c-1"), "here:1");
        fixture.status("c-1", task(RUN, 1, "c-1"), TaskPhase.TASK_PHASE_ACCEPTED);

        fixture.assign(RUN, 1, List.of("c-1"), "here:1");
        assertThat(channel.assignments()).hasSize(1);
        fixture.assign(RUN, 1, List.of("c-1"), "there:2");
        assertThat(channel.assignments()).hasSize(2);
        assertThat(channel.assignments().getLast().getCoordinatorAddress()).isEqualTo("there:2");
        fixture.status("c-1", task(RUN, 1, "c-1"), TaskPhase.TASK_PHASE_RUNNING);
        fixture.pass(Duration.ofMinutes(1));
        assertThat(channel.assignments()).hasSize(2);
    }

    @Test
    void handsOverWhatAClientHoldsToANextCoordinatorThatIsFoundAtTheSamePlace() {
        FakeChannel channel = fixture.connect("c-1");
        fixture.reserve(reservation(RUN, 1, 1));
        fixture.assign(RUN, 1, List.of("c-1"), "");
        TaskStatus toTheFirst = status(task(RUN, 1, "c-1"), TaskPhase.TASK_PHASE_DELIVERED).toBuilder()
                .setCoordinatorAddress("")
                .setEpoch(1)
                .build();
        fixture.status("c-1", task(RUN, 1, "c-1"), TaskPhase.TASK_PHASE_ACCEPTED);
        fixture.disconnect("c-1");

        RunRef next = run("run-1", 2);
        fixture.reserve(reservation(next, 1, 1));
        fixture.assign(next, 1, List.of("c-1"), "");
        assertThat(channel.assignments()).hasSize(1);
        assertThat(fixture.connect("c-1", toTheFirst).assignments())
                .extracting(Assignment::getEpoch)
                .containsExactly(2L);
        fixture.disconnect("c-1");

        TaskStatus toTheNext = toTheFirst.toBuilder().setEpoch(2).build();
        assertThat(fixture.connect("c-1", toTheNext).assignments()).isEmpty();
    }

    @Test
    void sendsAnAssignmentAgainToAClientThatDeliveredToACoordinatorThatIsGone() {
        FakeChannel channel = fixture.connect("c-1");
        fixture.reserve(reservation(RUN, 1, 1));
        fixture.assign(RUN, 1, List.of("c-1"), "here:1");
        fixture.status("c-1", task(RUN, 1, "c-1"), TaskPhase.TASK_PHASE_ACCEPTED);
        fixture.status("c-1", task(RUN, 1, "c-1"), TaskPhase.TASK_PHASE_DELIVERED);

        RunRef next = run("run-1", 2);
        fixture.reserve(reservation(next, 1, 1));
        fixture.assign(next, 1, List.of("c-1"), "there:2");
        assertThat(channel.assignments()).hasSize(2);
        assertThat(channel.assignments().getLast().getCoordinatorAddress()).isEqualTo("there:2");
        fixture.status("c-1", task(RUN, 1, "c-1"), TaskPhase.TASK_PHASE_ACCEPTED);
        fixture.status("c-1", task(RUN, 1, "c-1"), TaskPhase.TASK_PHASE_DELIVERED);
        fixture.pass(Duration.ofMinutes(1));
        assertThat(channel.assignments()).hasSize(2);
    }

    @Test
    void handsTheNewCoordinatorsAssignmentToAClientThatComesBackWithTheOldOnes() {
        fixture.connect("c-1");
        fixture.reserve(reservation(RUN, 1, 1));
        fixture.assign(RUN, 1, List.of("c-1"), "here:1");
        fixture.status("c-1", task(RUN, 1, "c-1"), TaskPhase.TASK_PHASE_ACCEPTED);
        fixture.disconnect("c-1");
        RunRef next = run("run-1", 2);
        fixture.reserve(reservation(next, 1, 1));
        fixture.assign(next, 1, List.of("c-1"), "there:2");

        for (TaskPhase phase :
                List.of(TaskPhase.TASK_PHASE_ACCEPTED, TaskPhase.TASK_PHASE_RUNNING, TaskPhase.TASK_PHASE_DELIVERED)) {
            TaskStatus old = status(task(RUN, 1, "c-1"), phase).toBuilder()
                    .setCoordinatorAddress("here:1")
                    .build();
            assertThat(fixture.connect("c-1", old).assignments())
                    .extracting(Assignment::getCoordinatorAddress)
                    .containsExactly("there:2");
            fixture.disconnect("c-1");
        }
        TaskStatus current = status(task(RUN, 1, "c-1"), TaskPhase.TASK_PHASE_RUNNING).toBuilder()
                .setCoordinatorAddress("there:2")
                .build();
        assertThat(fixture.connect("c-1", current).assignments()).isEmpty();
    }

    @Test
    void sendsAnAcceptedAssignmentAgainToAClientThatLostIt() {
        fixture.connect("c-1");
        fixture.reserve(reservation(RUN, 1, 1));
        fixture.assign(RUN, 1, List.of("c-1"), "here:1");
        fixture.status("c-1", task(RUN, 1, "c-1"), TaskPhase.TASK_PHASE_ACCEPTED);

        assertThat(fixture.connect("c-1", status(task(RUN, 1, "c-1"), TaskPhase.TASK_PHASE_RUNNING))
                        .assignments())
                .isEmpty();
        assertThat(fixture.connect("c-1").assignments()).hasSize(1);
    }

    @Test
    void assignsNothingWhereALeaseIsMissing() {
        FakeChannel channel = fixture.connect("c-1");
        fixture.reserve(reservation(RUN, 1, 1));
        assertFault(() -> fixture.assign(RUN, 1, List.of("c-1", "c-9"), "here:1"), Fault.LEASE_UNKNOWN, "client c-9");
        assertThat(channel.assignments()).isEmpty();
    }

    @Test
    void tellsClientsToStopUntilTheyAreKnownToHave() {
        FakeChannel channel = fixture.connect("c-1");
        fixture.reserve(reservation(RUN, 1, 1));
        fixture.assign(RUN, 1, List.of("c-1"), "here:1");
        fixture.status("c-1", task(RUN, 1, "c-1"), TaskPhase.TASK_PHASE_RUNNING);
        fixture.disconnect("c-1");
        fixture.release(ReleaseRequest.newBuilder().setRun(RUN).setReason("Enough."));
        fixture.restart();

        FakeChannel next = fixture.connect("c-1", status(task(RUN, 1, "c-1"), TaskPhase.TASK_PHASE_RUNNING));
        assertThat(channel.cancels()).isEmpty();
        assertThat(next.cancels()).singleElement().satisfies(cancel -> {
            assertThat(cancel.getTask()).isEqualTo(task(RUN, 1, "c-1"));
            assertThat(cancel.getReason()).isEqualTo("Enough.");
        });
        fixture.status("c-1", task(RUN, 1, "c-1"), TaskPhase.TASK_PHASE_DROPPED);
        fixture.pass(Duration.ofMinutes(5));
        assertThat(next.cancels()).hasSize(1);
    }

    @Test
    void cancelsNothingThatTheClientDoesNotHold() {
        fixture.connect("c-1");
        fixture.reserve(reservation(RUN, 1, 1));
        fixture.assign(RUN, 1, List.of("c-1"), "here:1");
        fixture.disconnect("c-1");
        fixture.release(ReleaseRequest.newBuilder().setRun(RUN));
        assertThat(fixture.connect("c-1").cancels()).isEmpty();
    }

    @Test
    void sendsCancelsBeforeTheNextAssignment() {
        FakeChannel channel = fixture.connect("c-1");
        fixture.reserve(reservation(RUN, 1, 1));
        fixture.assign(RUN, 1, List.of("c-1"), "here:1");
        channel.ready = false;
        fixture.release(ReleaseRequest.newBuilder().setRun(RUN).setRound(1));
        fixture.reserve(reservation(RUN, 2, 1));
        fixture.assign(RUN, 2, List.of("c-1"), "here:1");
        channel.ready = true;
        fixture.pass(Duration.ofSeconds(1));

        assertThat(channel.sent.getLast().getAssignment().getTask().getRound()).isEqualTo(2);
        assertThat(channel.sent
                        .get(channel.sent.size() - 2)
                        .getCancel()
                        .getTask()
                        .getRound())
                .isEqualTo(1);
    }

    @Test
    void cancelsNothingThatWasDelivered() {
        FakeChannel first = fixture.connect("c-1");
        FakeChannel second = fixture.connect("c-2");
        fixture.reserve(reservation(RUN, 1, 2));
        fixture.assign(RUN, 1, List.of("c-1", "c-2"), "here:1");
        fixture.status("c-1", task(RUN, 1, "c-1"), TaskPhase.TASK_PHASE_DELIVERED);
        fixture.release(ReleaseRequest.newBuilder().setRun(RUN).addDeliveredClientIds("c-2"));

        assertThat(first.cancels()).isEmpty();
        assertThat(second.cancels()).isEmpty();
        assertThat(view("c-2").getTasksDelivered()).isEqualTo(1);
    }

    private ClientView view(String client) {
        ListClientsResponse response =
                fixture.call(ListClientsRequest.newBuilder().setClient(client).build(), fixture.desk::list);
        return response.getClients(0);
    }

    @Test
    void watchesTheCurrentStateFirstAndThenEveryChange() {
        fixture.connect("c-1");
        fixture.connect("c-2");
        fixture.reserve(reservation(RUN, 1, 2));
        fixture.assign(RUN, 1, List.of("c-1", "c-2"), "here:1");
        fixture.status("c-1", task(RUN, 1, "c-1"), TaskPhase.TASK_PHASE_ACCEPTED);
        fixture.disconnect("c-2");

        DeskFixture.Watched watched = fixture.watch(RUN);
        assertThat(watched.told()).containsExactlyInAnyOrder("ACCEPTED c-1", "DISCONNECTED c-2");
        watched.events.clear();
        fixture.connect("c-2");
        fixture.status("c-2", task(RUN, 1, "c-2"), TaskPhase.TASK_PHASE_REFUSED);
        fixture.status("c-1", task(RUN, 1, "c-1"), TaskPhase.TASK_PHASE_DROPPED);
        assertThat(watched.told()).containsExactly("RECONNECTED c-2", "REFUSED c-2", "LOST c-1");
        watched.close.run();
        fixture.reserve(reservation(RUN, 2, 2));
        fixture.disconnect("c-1");
        assertThat(watched.events).hasSize(3);
    }

    @Test
    void losesTheLeasesOfAClientThatStaysAway() {
        fixture.connect("c-1");
        fixture.reserve(reservation(RUN, 1, 1));
        DeskFixture.Watched watched = fixture.watch(RUN);
        fixture.disconnect("c-1");
        for (int i = 0; i < 299; i++) {
            fixture.pass(Duration.ofSeconds(1));
            renew();
        }
        assertThat(watched.told()).containsExactly("DISCONNECTED c-1");
        fixture.pass(Duration.ofSeconds(1));
        assertThat(watched.told()).containsExactly("DISCONNECTED c-1", "LOST c-1");
        assertThat(renew().getClientIdsList()).isEmpty();
        assertThat(view("c-1").getTasksLost()).isEqualTo(1);
        assertThat(view("c-1").getState()).isEqualTo("silent");
    }

    private RenewResponse renew() {
        return fixture.call(RenewRequest.newBuilder().setRun(RUN).build(), fixture.desk::renew);
    }

    @Test
    void losesTheLeasesOfAClientThatQuitsAtOnce() {
        FakeChannel channel = fixture.connect("c-1");
        fixture.reserve(reservation(RUN, 1, 1));
        DeskFixture.Watched watched = fixture.watch(RUN);
        fixture.desk.quit(channel, "c-1", "shut down by its owner");
        fixture.desk.flush();

        assertThat(channel.completed).isTrue();
        assertThat(watched.told()).containsExactly("LOST c-1");
        assertThat(watched.events.getFirst().getReason().getMessage()).contains("shut down by its owner");
    }

    @Test
    void endsTheLeasesOfARunThatIsNotRenewed() {
        FakeChannel channel = fixture.connect("c-1");
        fixture.reserve(reservation(RUN, 1, 1));
        fixture.assign(RUN, 1, List.of("c-1"), "here:1");
        fixture.pass(Duration.ofSeconds(179));
        assertThat(renew().getClientIdsList()).containsExactly("c-1");
        fixture.pass(Duration.ofSeconds(179));
        assertThat(channel.cancels()).isEmpty();
        fixture.pass(Duration.ofSeconds(1));

        assertThat(channel.cancels()).hasSize(1);
        assertThat(renew().getClientIdsList()).isEmpty();
        assertFault(() -> fixture.assign(RUN, 1, List.of("c-1"), "there:2"), Fault.LEASE_UNKNOWN);
    }

    @Test
    void givesARunItsFullTimeAfterARestart() {
        fixture.connect("c-1");
        fixture.reserve(reservation(RUN, 1, 1));
        fixture.clock.pass(Duration.ofHours(1));
        fixture.restart();
        fixture.pass(Duration.ofSeconds(179));
        assertThat(renew().getClientIdsList()).containsExactly("c-1");
    }

    @Test
    void handsAClientOverToItsNewerStream() {
        FakeChannel older = fixture.connect("c-1");
        FakeChannel newer = fixture.connect("c-1");
        assertThat(older.closedWith)
                .hasValueSatisfying(
                        reason -> assertThat(reason.fault().grpcCode()).isEqualTo(io.grpc.Status.Code.ABORTED));

        fixture.desk.broken(older, "c-1");
        fixture.desk.flush();
        fixture.reserve(reservation(RUN, 1, 1));
        fixture.assign(RUN, 1, List.of("c-1"), "here:1");
        assertThat(newer.assignments()).hasSize(1);
        assertThat(older.assignments()).isEmpty();
    }

    @Test
    void continuesASessionByItsId() {
        FakeChannel first = fixture.connect("c-1");
        String session = first.sent.getFirst().getRegistered().getSessionId();
        fixture.pass(Duration.ofSeconds(1));
        fixture.restart();
        FakeChannel again = new FakeChannel();
        fixture.desk.register(again, profile("c-1", 1), session, List.of());
        assertThat(again.sent.getFirst().getRegistered().getSessionId()).isEqualTo(session);
        assertThat(fixture.connect("c-1").sent.getFirst().getRegistered().getSessionId())
                .isNotEqualTo(session);
    }

    @Test
    void leasesNoMoreThanAClientsParallelismAndResources() {
        fixture.connect(profile("c-1", -1));
        Conditions threeCores = Conditions.newBuilder()
                .setResources(
                        io.nsfl.protocol.v1.Resources.newBuilder().setCpu(1.5).setWorkerNum(2))
                .build();
        assertThat(fixture.reserve(reservation(RUN, 1, 1).setConditions(threeCores)))
                .hasSize(1);
        assertFault(
                () -> fixture.reserve(reservation(RUN, 2, 1).setConditions(threeCores)),
                Fault.CLIENTS_INSUFFICIENT,
                "has 1 of 4 cpu free, 3 are needed");
        assertThat(fixture.reserve(reservation(RUN, 2, 1))).hasSize(1);
    }

    @Test
    void choosesTheUntrainedFirstAndTheAvoidedLast() {
        List.of("c-1", "c-2", "c-3").forEach(fixture::connect);
        String trained = fixture.reserve(reservation(RUN, 1, 1)).getFirst();
        fixture.release(ReleaseRequest.newBuilder().setRun(RUN));
        fixture.restart();
        List.of("c-1", "c-2", "c-3").forEach(fixture::connect);

        List<String> second = fixture.reserve(reservation(RUN, 2, 2).setUntrainedFirst(true));
        assertThat(second).hasSize(2).doesNotContain(trained);
        fixture.release(ReleaseRequest.newBuilder().setRun(RUN));
        List<String> all = fixture.reserve(reservation(RUN, 3, 3).addAvoid(trained));
        assertThat(all.getLast()).isEqualTo(trained);
    }

    @Test
    void takesNoClientThatTheOthersOfTheRunRefuse() {
        List.of("c-1", "c-2").forEach(fixture::connect);

        assertThat(fixture.reserve(reservation(RUN, 1, 2).setMinimum(1).addWithout("c-1")))
                .containsExactly("c-2");
        assertFault(
                () -> fixture.reserve(reservation(RUN, 2, 2).setMinimum(2).addWithout("c-1")),
                Fault.CLIENTS_INSUFFICIENT,
                "is refused by the other clients of this run");
    }

    @Test
    void waitsForAClientThatBrokeOffJustNow() {
        fixture.connect("c-1");
        fixture.connect("c-2");
        fixture.disconnect("c-2");
        assertThatThrownBy(() -> fixture.reserve(reservation(RUN, 1, 2).setMinimum(1)))
                .isInstanceOfSatisfying(FaultException.class, refused -> {
                    assertThat(refused.fault()).isEqualTo(Fault.UNAVAILABLE);
                    assertThat(refused.retryAfter()).isPresent();
                });
        fixture.pass(Duration.ofSeconds(20));
        assertThat(fixture.reserve(reservation(RUN, 1, 2).setMinimum(1))).containsExactly("c-1");
    }

    @Test
    void waitsForItsClientsAfterARestart() {
        fixture.connect("c-1");
        fixture.connect("c-2");
        fixture.pass(Duration.ofSeconds(1));
        fixture.restart();
        assertFault(() -> fixture.reserve(reservation(RUN, 1, 2)), Fault.UNAVAILABLE);
        fixture.connect("c-1");
        assertFault(() -> fixture.reserve(reservation(RUN, 1, 2)), Fault.UNAVAILABLE);
        fixture.connect("c-2");
        assertThat(fixture.reserve(reservation(RUN, 1, 2))).hasSize(2);
    }

    @Test
    void passesOverAClientThatTakesNoTask() {
        FakeChannel channel = fixture.connect("c-1");
        fixture.desk.report(
                channel,
                "c-1",
                Report.newBuilder()
                        .setAcceptsTasks(false)
                        .setReason("its storage is full")
                        .build());
        assertFault(
                () -> fixture.reserve(reservation(RUN, 1, 1)),
                Fault.CLIENTS_INSUFFICIENT,
                "c-1 takes no task now: its storage is full");
    }

    @Test
    void showsWhatTheClientsOwnAccountSaysAlsoWhileItIsAway() {
        FakeChannel channel = fixture.connect("c-1");
        PrivacySpent spent = PrivacySpent.newBuilder()
                .setDataset("mnist")
                .setEpsilon(3.2)
                .setDelta(1e-5)
                .setTasks(4)
                .setEpsilonBudget(8)
                .build();
        fixture.desk.report(
                channel,
                "c-1",
                Report.newBuilder()
                        .setAcceptsTasks(true)
                        .addPrivacy(spent.toBuilder().setDataset("not announced"))
                        .build());
        assertThat(privacy()).isEmpty();

        fixture.desk.report(
                channel,
                "c-1",
                Report.newBuilder().setAcceptsTasks(true).addPrivacy(spent).build());
        fixture.desk.report(
                channel,
                "c-1",
                Report.newBuilder().setAcceptsTasks(true).addPrivacy(spent).build());
        fixture.pass(Duration.ofMinutes(1));
        fixture.restart();

        assertThat(privacy()).containsExactly(spent);
    }

    private List<PrivacySpent> privacy() {
        return fixture.call(ListClientsRequest.getDefaultInstance(), fixture.desk::list)
                .getClients(0)
                .getPrivacyList();
    }

    @Test
    void tellsWhetherEnoughClientsFit() {
        fixture.connect("c-1");
        CheckResourcesResponse response = fixture.call(
                CheckResourcesRequest.newBuilder()
                        .setRun(RUN)
                        .setConditions(Conditions.newBuilder()
                                .addDatasets("cifar")
                                .addClients("c-1")
                                .addClients("c-x"))
                        .setClientNum(2)
                        .build(),
                fixture.desk::check);
        assertThat(response.getSatisfied()).isFalse();
        assertThat(response.getRegistered()).isEqualTo(1);
        assertThat(response.getExplanation())
                .isEqualTo("2 clients are needed, 0 of 2 fit: c-1 lacks the dataset cifar; c-x has not registered.");
    }

    @Test
    void answersNothingThatIsNotWritten() {
        FakeChannel channel = fixture.connect("c-1");
        fixture.store.away = true;
        assertFault(() -> fixture.reserve(reservation(RUN, 1, 1)), Fault.DATABASE_UNAVAILABLE);
        fixture.store.away = false;
        fixture.pass(Duration.ofSeconds(1));
        assertThat(fixture.reserve(reservation(RUN, 1, 1))).containsExactly("c-1");

        fixture.store.away = true;
        assertFault(() -> fixture.assign(RUN, 1, List.of("c-1"), "here:1"), Fault.DATABASE_UNAVAILABLE);
        assertThat(channel.assignments()).isEmpty();
        fixture.store.away = false;
        fixture.pass(Duration.ofSeconds(1));
        assertThat(channel.assignments()).hasSize(1);
    }

    @Test
    void goesOnAfterAWriteWhoseAnswerWasLost() {
        fixture.connect("c-1");
        fixture.store.away = true;
        fixture.store.answersLost = true;
        assertFault(() -> fixture.reserve(reservation(RUN, 1, 1)), Fault.DATABASE_UNAVAILABLE);
        fixture.store.away = false;
        fixture.pass(Duration.ofSeconds(1));
        assertThat(fixture.reserve(reservation(RUN, 1, 1))).containsExactly("c-1");
        fixture.assign(RUN, 1, List.of("c-1"), "here:1");
        fixture.restart();
        assertThat(fixture.connect("c-1").assignments()).hasSize(1);
    }

    @Test
    void forgetsClientsThatDoNotComeBack() {
        fixture.connect("c-1");
        fixture.disconnect("c-1");
        fixture.pass(Duration.ofDays(7));
        fixture.pass(Duration.ofSeconds(1));
        fixture.restart();
        ListClientsResponse response = fixture.call(ListClientsRequest.getDefaultInstance(), fixture.desk::list);
        assertThat(response.getClientsList()).isEmpty();
    }

    @Test
    void sendsClientsAwayAndEndsWatchesWhenItCloses() {
        FakeChannel channel = fixture.connect("c-1");
        DeskFixture.Watched watched = fixture.watch(RUN);
        fixture.desk.close(Duration.ofSeconds(1));
        assertThat(channel.sent.getLast().getDirective().getComeBackAfterMs()).isEqualTo(1_000);
        assertThat(channel.completed).isTrue();
        assertThat(watched.ended).isPresent();
    }
}
