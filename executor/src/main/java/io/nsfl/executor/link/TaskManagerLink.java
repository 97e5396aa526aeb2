package io.nsfl.executor.link;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.ManagedChannel;
import io.nsfl.executor.task.TaskDesk;
import io.nsfl.protocol.v1.ExecutorReadyRequest;
import io.nsfl.protocol.v1.ExecutorReadyResponse;
import io.nsfl.protocol.v1.Progress;
import io.nsfl.protocol.v1.TaskEndedRequest;
import io.nsfl.protocol.v1.TaskManagerServiceGrpc;
import io.nsfl.protocol.v1.TaskManagerServiceGrpc.TaskManagerServiceFutureStub;
import io.nsfl.protocol.v1.TaskProgressRequest;
import io.nsfl.protocol.v1.TaskRef;
import io.nsfl.servicekit.grpc.Backoff;
import io.nsfl.servicekit.time.Timers;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this executor tells its task-manager: that it is there, at once and then again and again, so that a restarted task-manager
 * finds it; and every end of a task, until it is answered. Ends the executor when it has had nothing to do for the idle limit, or when
 * the task-manager has been gone for {@link #GONE}. All state belongs to one mailbox.
 */
public final class TaskManagerLink implements TaskDesk.Reports {
    static final Duration GONE = Duration.ofMinutes(10);
    private static final Duration BEAT = Duration.ofSeconds(15);
    private static final Duration CALL = Duration.ofSeconds(10);
    private static final Logger log = LoggerFactory.getLogger(TaskManagerLink.class);

    private final Identity identity;
    private final Dialling dialling;
    private final Executor mailbox;
    private final Timers timers;
    private final InstantSource clock;
    private final Consumer<String> end;
    private final Supplier<Backoff> backoffs;
    /** Tasks whose end is not answered, with the number of the start that counts. */
    private final Map<TaskRef, Integer> open = new HashMap<>();

    private final Backoff readyBackoff;
    private ManagedChannel channel;
    private String dialled = "";
    private Instant lastAnswer;
    private Instant lastWork;
    private Duration idleLimit = GONE;

    /**
     * Who this executor is.
     *
     * @param address asked when needed: known once the server listens
     */
    public record Identity(String executorId, Supplier<String> address, long pid) {}

    /**
     * How the task-manager is reached.
     *
     * @param address asked at every attempt: a restarted task-manager may listen elsewhere
     */
    public record Dialling(Supplier<String> address, Function<String, ManagedChannel> open) {}

    /**
     * @param mailbox runs one thing at a time
     * @param end ends this executor; gets the reason
     */
    public TaskManagerLink(
            Identity identity,
            Dialling dialling,
            Executor mailbox,
            Timers timers,
            InstantSource clock,
            Supplier<Backoff> backoffs,
            Consumer<String> end) {
        this.identity = identity;
        this.dialling = dialling;
        this.mailbox = mailbox;
        this.timers = timers;
        this.clock = clock;
        this.backoffs = backoffs;
        this.readyBackoff = backoffs.get();
        this.end = end;
        this.lastAnswer = clock.instant();
        this.lastWork = lastAnswer;
    }

    /** Begins to announce itself. */
    public void start() {
        mailbox.execute(this::beat);
    }

    /** Says nothing any more. */
    public void stop() {
        mailbox.execute(() -> {
            if (channel != null) {
                channel.shutdownNow();
            }
        });
    }

    @Override
    public void started(TaskRef task, int start) {
        mailbox.execute(() -> {
            open.put(task, start);
            lastWork = clock.instant();
            TaskProgressRequest progress = TaskProgressRequest.newBuilder()
                    .setExecutorId(identity.executorId())
                    .setProgress(Progress.newBuilder()
                            .setTask(task)
                            .setStage("training")
                            .setFraction(-1))
                    .build();
            // For people only: whether it arrives does not matter.
            stub().taskProgress(progress);
        });
    }

    @Override
    public void ended(TaskEndedRequest ended) {
        TaskEndedRequest report =
                ended.toBuilder().setExecutorId(identity.executorId()).build();
        Backoff backoff = backoffs.get();
        mailbox.execute(() -> {
            open.putIfAbsent(report.getTask(), report.getStart());
            deliver(report, backoff);
        });
    }

    @Override
    public void over(TaskRef task) {
        mailbox.execute(() -> {
            open.remove(task);
            lastWork = clock.instant();
        });
    }

    private void deliver(TaskEndedRequest report, Backoff backoff) {
        ListenableFuture<?> call = stub().taskEnded(report);
        call.addListener(
                () -> {
                    if (succeeded(call)) {
                        lastAnswer = clock.instant();
                        lastWork = lastAnswer;
                        if (!report.getAwaitsMasking() && report.getMaskingSession() == 0) {
                            open.remove(report.getTask(), report.getStart());
                        }
                    } else {
                        timers.schedule(backoff.next(), mailbox, () -> deliver(report, backoff));
                    }
                },
                mailbox);
    }

    private void beat() {
        Instant now = clock.instant();
        if (open.isEmpty() && Duration.between(lastWork, now).compareTo(idleLimit) >= 0) {
            end.accept("it had nothing to do for " + idleLimit.toSeconds() + " s");
            return;
        }
        if (Duration.between(lastAnswer, now).compareTo(GONE) >= 0) {
            end.accept("the task-manager has not answered for " + GONE.toMinutes() + " minutes");
            return;
        }
        ListenableFuture<ExecutorReadyResponse> call = stub().executorReady(ExecutorReadyRequest.newBuilder()
                .setExecutorId(identity.executorId())
                .setAddress(identity.address().get())
                .setPid(identity.pid())
                .build());
        call.addListener(() -> answered(call), mailbox);
    }

    private void answered(ListenableFuture<ExecutorReadyResponse> call) {
        Duration next = BEAT;
        if (succeeded(call)) {
            lastAnswer = clock.instant();
            int seconds = call.resultNow().getIdleLimitS();
            idleLimit = seconds > 0 ? Duration.ofSeconds(seconds) : GONE;
            readyBackoff.reset();
        } else {
            next = readyBackoff.next();
        }
        timers.schedule(next, mailbox, this::beat);
    }

    private TaskManagerServiceFutureStub stub() {
        String address = dialling.address().get();
        if (channel == null || !address.equals(dialled)) {
            if (channel != null) {
                channel.shutdown();
            }
            channel = dialling.open().apply(address);
            dialled = address;
        }
        return TaskManagerServiceGrpc.newFutureStub(channel).withDeadlineAfter(CALL.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static boolean succeeded(ListenableFuture<?> call) {
        try {
            call.get();
            return true;
        } catch (ExecutionException e) {
            log.debug("The task-manager does not answer: {}", e.getCause().toString());
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
