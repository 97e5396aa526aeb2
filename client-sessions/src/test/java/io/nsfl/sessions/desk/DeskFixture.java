package io.nsfl.sessions.desk;

import com.google.protobuf.ByteString;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.AssignRequest;
import io.nsfl.protocol.v1.Assignment;
import io.nsfl.protocol.v1.Conditions;
import io.nsfl.protocol.v1.LeaseEvent;
import io.nsfl.protocol.v1.ReleaseRequest;
import io.nsfl.protocol.v1.ReserveRequest;
import io.nsfl.protocol.v1.ReserveResponse;
import io.nsfl.protocol.v1.RunRef;
import io.nsfl.protocol.v1.TaskKind;
import io.nsfl.protocol.v1.TaskPhase;
import io.nsfl.protocol.v1.TaskRef;
import io.nsfl.protocol.v1.TaskStatus;
import io.nsfl.protocol.v1.WatchLeasesRequest;
import io.nsfl.sessions.SessionSettings;
import io.nsfl.sessions.registry.Amount;
import io.nsfl.sessions.registry.ClientProfile;
import io.nsfl.sessions.registry.ScriptAcceptance;
import io.nsfl.storage.document.memory.MemoryDocumentStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/** A desk over a store that outlives it, with clients that a test plays. */
final class DeskFixture {
    static final RunRef RUN = run("run-1", 1);

    final ManualClock clock = new ManualClock();
    final FailingStore store = new FailingStore(new MemoryDocumentStore());
    final AtomicInteger ids = new AtomicInteger();
    final SessionSettings settings;
    final Map<String, FakeChannel> channels = new HashMap<>();
    SessionDesk desk;
    long deadlineMs = 600_000;

    DeskFixture() {
        this(SessionSettings.defaults());
    }

    DeskFixture(SessionSettings settings) {
        this.settings = settings;
        restart();
    }

    /** The process dies and comes back: streams are gone, the store is not. */
    void restart() {
        channels.clear();
        desk = new SessionDesk(
                settings, store, clock, () -> "session-" + ids.incrementAndGet(), Runnable::run, Runnable::run);
    }

    static RunRef run(String run, long epoch) {
        return RunRef.newBuilder()
                .setNamespace("default")
                .setJob("mnist")
                .setRun(run)
                .setEpoch(epoch)
                .build();
    }

    static ClientProfile profile(String id, int parallelism) {
        return new ClientProfile(
                id,
                "",
                "10.0.0.1:" + Math.abs(id.hashCode() % 10_000),
                "linux",
                "Debian",
                List.of("dl4j"),
                Set.of("fast"),
                Map.of("mnist", 100L),
                new Amount(4, 1, 8_000),
                parallelism,
                true,
                "1",
                ScriptAcceptance.ALL);
    }

    FakeChannel connect(String id, TaskStatus... held) {
        return connect(profile(id, 1), held);
    }

    FakeChannel connect(ClientProfile profile, TaskStatus... held) {
        FakeChannel channel = new FakeChannel();
        channels.put(profile.id(), channel);
        desk.register(channel, profile, "", List.of(held));
        desk.flush();
        return channel;
    }

    void disconnect(String id) {
        desk.broken(channels.remove(id), id);
        desk.flush();
    }

    void status(String id, TaskRef task, TaskPhase phase) {
        desk.taskStatus(channels.get(id), id, status(task, phase));
        desk.flush();
    }

    static TaskStatus status(TaskRef task, TaskPhase phase) {
        return TaskStatus.newBuilder().setTask(task).setPhase(phase).build();
    }

    void pass(Duration duration) {
        clock.pass(duration);
        desk.tick();
        desk.flush();
    }

    static ReserveRequest.Builder reservation(RunRef run, int round, int count) {
        return ReserveRequest.newBuilder()
                .setRun(run)
                .setRound(round)
                .setAttempt(1)
                .setKind(TaskKind.TASK_KIND_TRAIN)
                .setConditions(Conditions.newBuilder().setRuntime("dl4j").addDatasets("mnist"))
                .setCount(count)
                .setMinimum(count)
                .setSeed(7);
    }

    List<String> reserve(ReserveRequest.Builder request) {
        ReserveResponse response = call(request.build(), desk::reserve);
        return response.getLeasesList().stream()
                .map(lease -> lease.getClientId())
                .toList();
    }

    static TaskRef task(RunRef run, int round, String client) {
        return TaskRef.newBuilder()
                .setNamespace(run.getNamespace())
                .setJob(run.getJob())
                .setRun(run.getRun())
                .setRound(round)
                .setAttempt(1)
                .setClientId(client)
                .setKind(TaskKind.TASK_KIND_TRAIN)
                .setToken(ByteString.copyFromUtf8("token of " + client))
                .build();
    }

    void assign(RunRef run, int round, List<String> clients, String coordinator) {
        AssignRequest.Builder request = AssignRequest.newBuilder().setRun(run);
        clients.forEach(client -> request.addAssignments(Assignment.newBuilder()
                .setTask(task(run, round, client))
                .setCoordinatorAddress(coordinator)
                .setEpoch(run.getEpoch())
                .setDeadlineMs(deadlineMs)
                .setStartDelayMs(1_000)));
        this.<AssignRequest, Void>call(request.build(), desk::assign);
    }

    void release(ReleaseRequest.Builder request) {
        this.<ReleaseRequest, Void>call(request.build(), desk::release);
    }

    <Q, A> A call(Q request, BiConsumer<Q, CompletableFuture<A>> work) {
        CompletableFuture<A> call = new CompletableFuture<>();
        work.accept(request, call);
        desk.flush();
        try {
            if (!call.isDone()) {
                throw new AssertionError("The call was neither answered nor refused");
            }
            return call.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof FaultException fault) {
                throw fault;
            }
            throw e;
        }
    }

    Watched watch(RunRef run) {
        Watched watched = new Watched();
        watched.close = desk.watch(WatchLeasesRequest.newBuilder().setRun(run).build(), watched);
        desk.flush();
        return watched;
    }

    static final class Watched implements LeaseListener {
        final List<LeaseEvent> events = new ArrayList<>();
        Optional<FaultException> ended = Optional.empty();
        Runnable close;

        @Override
        public void event(LeaseEvent event) {
            events.add(event);
        }

        @Override
        public void ended(FaultException reason) {
            ended = Optional.of(reason);
        }

        List<String> told() {
            return events.stream()
                    .map(event -> event.getChange() + " " + event.getTask().getClientId())
                    .toList();
        }
    }
}
