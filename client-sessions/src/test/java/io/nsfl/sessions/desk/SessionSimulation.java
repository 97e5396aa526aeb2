package io.nsfl.sessions.desk;

import static io.nsfl.sessions.desk.DeskFixture.profile;
import static io.nsfl.sessions.desk.DeskFixture.reservation;
import static io.nsfl.sessions.desk.DeskFixture.run;
import static io.nsfl.sessions.desk.DeskFixture.status;
import static io.nsfl.sessions.desk.DeskFixture.task;
import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.Conditions;
import io.nsfl.protocol.v1.ListClientsRequest;
import io.nsfl.protocol.v1.ListClientsResponse;
import io.nsfl.protocol.v1.ReleaseRequest;
import io.nsfl.protocol.v1.RenewRequest;
import io.nsfl.protocol.v1.RenewResponse;
import io.nsfl.protocol.v1.Resources;
import io.nsfl.protocol.v1.RunRef;
import io.nsfl.protocol.v1.ServerEvent;
import io.nsfl.protocol.v1.TaskPhase;
import io.nsfl.protocol.v1.TaskRef;
import io.nsfl.protocol.v1.TaskStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Jobs reserve, assign and release while clients come and go, events are dropped, doubled and late, the store fails and the process is
 * started again; after every step the promises are checked, and at the end everything comes to rest.
 */
class SessionSimulation {
    private static final int CLIENTS = 6;
    private static final int STEPS = 300;
    private static final double CPU = 4;

    @Property(tries = 150)
    void keepsItsPromisesWhateverHappens(@ForAll long seed) {
        new World(seed).live();
    }

    private static final class World {
        private final Random random;
        private final DeskFixture fixture = new DeskFixture();
        private final Map<String, Set<TaskRef>> heldByClient = new HashMap<>();
        private final Map<String, Integer> read = new HashMap<>();
        private final Map<String, Long> alive = new HashMap<>();
        private final List<Pending> late = new ArrayList<>();
        private final Map<Integer, Work> work = new LinkedHashMap<>();
        private int rounds;

        /** What a client said and the server has not heard yet. */
        private record Pending(String client, FakeChannel channel, TaskStatus status) {}

        /** What a job knows of its round. */
        private static final class Work {
            final RunRef run;
            final int round;
            final List<String> clients;
            boolean assigned;
            boolean releaseTried;
            boolean released;

            Work(RunRef run, int round, List<String> clients) {
                this.run = run;
                this.round = round;
                this.clients = clients;
            }
        }

        World(long seed) {
            random = new Random(seed);
            // Beyond the end: past its deadline a client drops a task by itself, which these clients do not.
            fixture.deadlineMs = Duration.ofDays(1).toMillis();
            for (int i = 0; i < CLIENTS; i++) {
                heldByClient.put("c-" + i, new HashSet<>());
            }
        }

        void live() {
            for (int step = 0; step < STEPS; step++) {
                step();
                checkBookings();
            }
            rest();
            checkRest();
        }

        private void step() {
            cutOff();
            String client = "c-" + random.nextInt(CLIENTS);
            switch (random.nextInt(12)) {
                case 0, 1 -> connect(client);
                case 2 -> breakOff(client);
                case 3, 4 -> reserve();
                case 5 -> assign();
                case 6 -> release();
                case 7, 8 -> hear(client);
                case 9 -> deliverLate();
                case 10 -> pass();
                case 11 -> trouble();
                default -> throw new AssertionError();
            }
        }

        private void pass() {
            fixture.clock.pass(Duration.ofSeconds(random.nextInt(30)));
            cutOff();
            fixture.pass(Duration.ZERO);
        }

        /** A client that gives no sign of life for three beats is cut off. */
        private void cutOff() {
            heldByClient.keySet().stream()
                    .filter(client -> fixture.clock.millis() - alive.getOrDefault(client, 0L) > 60_000)
                    .forEach(this::breakOff);
        }

        private void connect(String client) {
            if (fixture.channels.containsKey(client) && random.nextBoolean()) {
                return;
            }
            TaskStatus[] held = heldByClient.get(client).stream()
                    .map(task -> status(task, TaskPhase.TASK_PHASE_RUNNING))
                    .toArray(TaskStatus[]::new);
            fixture.connect(profile(client, 1 + Math.abs(client.hashCode()) % 2), held);
            read.put(client, 0);
            alive.put(client, fixture.clock.millis());
        }

        private void breakOff(String client) {
            if (fixture.channels.containsKey(client)) {
                fixture.disconnect(client);
            }
        }

        /** One of two jobs takes 1 to 3 clients; sometimes it asks again for what it has. */
        private void reserve() {
            // A coordinator repeats what it asked last; a release that was refused may have happened all the same.
            Optional<Work> known =
                    work.values().stream().reduce((earlier, later) -> later).filter(latest -> !latest.releaseTried);
            if (known.isPresent() && random.nextInt(3) == 0) {
                attempt(() -> assertThat(ask(
                                known.get().run,
                                known.get().round,
                                known.get().clients.size()))
                        .isEqualTo(known.get().clients));
                return;
            }
            int round = ++rounds;
            RunRef run = random.nextBoolean()
                    ? run("run-a", 1)
                    : run("run-b", 1).toBuilder().setJob("b").build();
            int count = 1 + random.nextInt(3);
            attempt(() -> work.put(round, new Work(run, round, ask(run, round, count))));
        }

        private List<String> ask(RunRef run, int round, int count) {
            return fixture.reserve(reservation(run, round, count)
                    .setMinimum(1)
                    .setRandom(true)
                    .setConditions(Conditions.newBuilder()
                            .setResources(Resources.newBuilder().setCpu(3))));
        }

        private void assign() {
            work.values().stream()
                    .filter(open -> !open.released)
                    .skip(random.nextInt(2))
                    .findFirst()
                    .ifPresent(open -> attempt(() -> {
                        fixture.assign(open.run, open.round, open.clients, "here:" + random.nextInt(2));
                        open.assigned = true;
                    }));
        }

        private void release() {
            work.values().stream().filter(open -> !open.released).findFirst().ifPresent(this::release);
        }

        private void release(Work open) {
            open.releaseTried = true;
            attempt(() -> {
                fixture.release(ReleaseRequest.newBuilder().setRun(open.run).setRound(open.round));
                open.released = true;
            });
        }

        /** A client reads what has come and answers; its answers may be heard twice, late or never. */
        private void hear(String client) {
            FakeChannel channel = fixture.channels.get(client);
            if (channel == null) {
                return;
            }
            for (int i = read.get(client); i < channel.sent.size(); i++) {
                ServerEvent event = channel.sent.get(i);
                if (event.hasAssignment()) {
                    TaskRef task = event.getAssignment().getTask();
                    heldByClient.get(client).add(task);
                    say(client, channel, status(task, TaskPhase.TASK_PHASE_ACCEPTED));
                } else if (event.hasCancel()) {
                    heldByClient.get(client).remove(event.getCancel().getTask());
                    say(client, channel, status(event.getCancel().getTask(), TaskPhase.TASK_PHASE_DROPPED));
                }
            }
            read.put(client, channel.sent.size());
            alive.put(client, fixture.clock.millis());
        }

        private void say(String client, FakeChannel channel, TaskStatus status) {
            switch (random.nextInt(4)) {
                case 0 -> {}
                case 1 -> late.add(new Pending(client, channel, status));
                case 2 -> {
                    hears(new Pending(client, channel, status));
                    late.add(new Pending(client, channel, status));
                }
                default -> hears(new Pending(client, channel, status));
            }
        }

        private void deliverLate() {
            if (!late.isEmpty()) {
                hears(late.remove(random.nextInt(late.size())));
            }
        }

        private void hears(Pending pending) {
            fixture.desk.taskStatus(pending.channel(), pending.client(), pending.status());
            fixture.desk.flush();
        }

        private void trouble() {
            switch (random.nextInt(4)) {
                case 0 -> fixture.restart();
                case 1 -> {
                    fixture.store.away = true;
                    fixture.store.answersLost = random.nextBoolean();
                }
                default -> fixture.store.away = false;
            }
        }

        /** Calls are refused now and then; a refusal promises nothing. */
        private void attempt(Runnable call) {
            try {
                call.run();
            } catch (FaultException refused) {
                assertThat(refused).hasMessageNotContaining("defect");
            }
        }

        private ListClientsResponse list() {
            return fixture.call(ListClientsRequest.getDefaultInstance(), fixture.desk::list);
        }

        private void checkBookings() {
            boolean away = fixture.store.away;
            fixture.store.away = false;
            fixture.clock.pass(Duration.ofSeconds(1));
            fixture.desk.flush();
            list().getClientsList().forEach(client -> {
                assertThat(client.getTasksCount()).isLessThanOrEqualTo(client.getMaxTaskParallelism());
                // Each task takes 3 of 4 cores.
                assertThat(client.getTasksCount() * 3).isLessThanOrEqualTo((int) CPU);
            });
            fixture.store.away = away;
        }

        /** Everybody is there, everything is heard, the jobs go on. */
        private void rest() {
            fixture.store.away = false;
            fixture.pass(Duration.ofSeconds(1));
            for (String client : heldByClient.keySet()) {
                if (!fixture.channels.containsKey(client)) {
                    connect(client);
                }
            }
            late.clear();
            for (int i = 0; i < 10; i++) {
                heldByClient.keySet().forEach(this::answerEverything);
                fixture.pass(Duration.ofSeconds(61));
                for (RunRef run : List.of(
                        run("run-a", 1), run("run-b", 1).toBuilder().setJob("b").build())) {
                    fixture.<RenewRequest, RenewResponse>call(
                            RenewRequest.newBuilder().setRun(run).build(), fixture.desk::renew);
                }
                heldByClient.keySet().forEach(this::answerEverything);
            }
        }

        private void answerEverything(String client) {
            FakeChannel channel = fixture.channels.get(client);
            for (int i = read.get(client); i < channel.sent.size(); i++) {
                ServerEvent event = channel.sent.get(i);
                if (event.hasAssignment()) {
                    heldByClient.get(client).add(event.getAssignment().getTask());
                    hears(new Pending(
                            client, channel, status(event.getAssignment().getTask(), TaskPhase.TASK_PHASE_ACCEPTED)));
                } else if (event.hasCancel()) {
                    heldByClient.get(client).remove(event.getCancel().getTask());
                    hears(new Pending(
                            client, channel, status(event.getCancel().getTask(), TaskPhase.TASK_PHASE_DROPPED)));
                }
            }
            read.put(client, channel.sent.size());
        }

        /** Whoever holds a lease with an assignment has the task, and nobody has one that was released. */
        private void checkRest() {
            Map<String, Set<TaskRef>> leased = new HashMap<>();
            list().getClientsList()
                    .forEach(client -> leased.put(client.getClientId(), Set.copyOf(client.getTasksList())));
            for (Work open : work.values()) {
                for (String client : open.clients) {
                    TaskRef task = task(open.run, open.round, client);
                    boolean lives = leased.getOrDefault(client, Set.of())
                            .contains(task.toBuilder().clearToken().build());
                    if (lives && open.assigned) {
                        assertThat(heldByClient.get(client)).contains(task);
                    }
                    if (open.released) {
                        assertThat(lives).isFalse();
                        assertThat(heldByClient.get(client)).doesNotContain(task);
                    }
                }
            }
        }
    }
}
