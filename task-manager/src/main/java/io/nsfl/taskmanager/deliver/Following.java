package io.nsfl.taskmanager.deliver;

import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.Progress;
import io.nsfl.protocol.v1.TaskDirective;
import io.nsfl.protocol.v1.TaskServiceGrpc;
import io.nsfl.servicekit.fault.GrpcFaults;
import io.nsfl.servicekit.grpc.Backoff;
import io.nsfl.servicekit.time.Timers;
import io.nsfl.taskmanager.fetch.Attempts;
import io.nsfl.taskmanager.fetch.Coordinators;
import io.nsfl.taskmanager.ids.TaskKey;
import io.nsfl.taskmanager.task.TaskDesk;
import io.nsfl.taskmanager.task.TaskRecord;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * One stream to the coordinator for every task that is not over: stages and progress up, directives down to the desk. A broken or silent
 * stream is opened again. Safe from any thread.
 */
public final class Following {
    private static final Duration BEAT = Duration.ofSeconds(20);
    private static final int SILENT_BEATS = 3;

    private final Coordinators coordinators;
    private final Timers timers;
    private final Executor threads;
    private final RandomGenerator random;
    private final Map<TaskKey, Stream> streams = new HashMap<>();

    public Following(Coordinators coordinators, Timers timers, Executor threads, RandomGenerator random) {
        this.coordinators = coordinators;
        this.timers = timers;
        this.threads = threads;
        this.random = random;
    }

    /** Opens the stream, or tells the task's present stage on it; another address of the coordinator is followed. */
    public void follow(TaskRecord task, TaskDesk desk) {
        Stream stream;
        synchronized (this) {
            stream = streams.computeIfAbsent(task.key(), key -> new Stream(desk));
        }
        stream.update(task);
    }

    /** Passes on an executor's progress within the stage. */
    public void progress(TaskKey key, double fraction) {
        Stream stream;
        synchronized (this) {
            stream = streams.get(key);
        }
        if (stream != null) {
            stream.tell(fraction);
        }
    }

    public void end(TaskKey key) {
        Stream stream;
        synchronized (this) {
            stream = streams.remove(key);
        }
        if (stream != null) {
            stream.close();
        }
    }

    private final class Stream {
        private final TaskDesk desk;
        private final Backoff backoff = new Backoff(Duration.ofMillis(200), Duration.ofSeconds(15), random);
        private TaskRecord task;
        private Call call;
        private boolean closed;

        private Stream(TaskDesk desk) {
            this.desk = desk;
        }

        private synchronized void update(TaskRecord now) {
            boolean moved = task != null
                    && !task.assignment()
                            .getCoordinatorAddress()
                            .equals(now.assignment().getCoordinatorAddress());
            task = now;
            if (moved && call != null) {
                call.cancel("The coordinator has another address now");
                call = null;
            }
            if (call == null) {
                open();
            } else {
                tell(-1);
            }
        }

        private synchronized void open() {
            if (closed) {
                return;
            }
            call = new Call(this);
            TaskServiceGrpc.newStub(coordinators.of(task.assignment())).reportProgress(call);
            tell(-1);
            beat(call);
        }

        private synchronized void tell(double fraction) {
            if (call != null) {
                call.send(Progress.newBuilder()
                        .setTask(task.ref())
                        .setStage(task.state().stage())
                        .setFraction(fraction)
                        .build());
            }
        }

        private synchronized void beat(Call beating) {
            if (closed || call != beating) {
                return;
            }
            if (beating.silentBeats++ >= SILENT_BEATS) {
                beating.cancel("The coordinator was silent");
                return;
            }
            timers.schedule(BEAT, threads, () -> {
                tell(-1);
                beat(beating);
            });
        }

        private synchronized void heard(Call from, TaskDirective directive) {
            if (call == from) {
                from.silentBeats = 0;
                backoff.reset();
                desk.directive(task.key(), directive);
            }
        }

        private synchronized void ended(Call which, FaultException failure) {
            if (closed || call != which) {
                return;
            }
            call = null;
            if (failure != null && Attempts.stale(failure)) {
                desk.drop(task.key(), failure.getMessage());
                return;
            }
            timers.schedule(backoff.next(), threads, this::reopen);
        }

        private synchronized void reopen() {
            if (call == null) {
                open();
            }
        }

        private synchronized void close() {
            closed = true;
            if (call != null) {
                call.complete();
                call = null;
            }
        }
    }

    private static final class Call implements ClientResponseObserver<Progress, TaskDirective> {
        private final Stream stream;
        private ClientCallStreamObserver<Progress> up;
        private int silentBeats;
        private boolean over;

        private Call(Stream stream) {
            this.stream = stream;
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<Progress> started) {
            up = started;
        }

        private synchronized void send(Progress progress) {
            if (!over) {
                up.onNext(progress);
            }
        }

        private synchronized void complete() {
            if (!over) {
                over = true;
                up.onCompleted();
            }
        }

        private synchronized void cancel(String reason) {
            up.cancel(reason, null);
        }

        private synchronized void isOver() {
            over = true;
        }

        @Override
        public void onNext(TaskDirective directive) {
            stream.heard(this, directive);
        }

        @Override
        public void onError(Throwable failure) {
            isOver();
            stream.ended(this, GrpcFaults.from(failure));
        }

        @Override
        public void onCompleted() {
            isOver();
            stream.ended(this, null);
        }
    }
}
