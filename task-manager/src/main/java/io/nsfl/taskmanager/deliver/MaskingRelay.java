package io.nsfl.taskmanager.deliver;

import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.MaskingDown;
import io.nsfl.protocol.v1.MaskingUp;
import io.nsfl.protocol.v1.RelayMaskingRequest;
import io.nsfl.protocol.v1.SecureAggregationServiceGrpc;
import io.nsfl.protocol.v1.TaskRef;
import io.nsfl.servicekit.fault.GrpcFaults;
import io.nsfl.taskmanager.fetch.Coordinators;
import io.nsfl.taskmanager.task.TaskRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * One stream between an executor that masks a task and the task's coordinator: what comes from one goes to the other, unread. The executor
 * does not know the task's token; it is put in here. When either side breaks, so does the other, and the executor opens another stream.
 */
public final class MaskingRelay implements StreamObserver<RelayMaskingRequest> {
    private final Function<RelayMaskingRequest, CompletableFuture<Optional<TaskRecord>>> tasks;
    private final Coordinators coordinators;
    private final StreamObserver<MaskingDown> executor;
    private final List<MaskingUp> waiting = new ArrayList<>();
    private boolean asked;
    private boolean over;
    private TaskRef task;
    private ClientCallStreamObserver<MaskingUp> coordinator;

    /** @param tasks the task of a first word, if it may be masked by who says it; may refuse with a fault */
    public MaskingRelay(
            Function<RelayMaskingRequest, CompletableFuture<Optional<TaskRecord>>> tasks,
            Coordinators coordinators,
            StreamObserver<MaskingDown> executor) {
        this.tasks = tasks;
        this.coordinators = coordinators;
        this.executor = executor;
    }

    @Override
    public synchronized void onNext(RelayMaskingRequest request) {
        if (over) {
            return;
        }
        if (coordinator != null) {
            pass(request.getUp());
            return;
        }
        waiting.add(request.getUp());
        if (!asked) {
            asked = true;
            try {
                tasks.apply(request).whenComplete(this::found);
            } catch (FaultException refused) {
                fail(refused);
            }
        }
    }

    private synchronized void found(Optional<TaskRecord> known, Throwable failure) {
        Optional<TaskRecord> wanted = Optional.ofNullable(known)
                .flatMap(found -> found)
                .filter(found -> !found.state().over());
        if (over) {
            return;
        }
        if (failure != null || wanted.isEmpty()) {
            fail(
                    failure != null
                            ? failure
                            : new FaultException(Fault.STALE, "This task is over at the client; forget its result."));
            return;
        }
        task = wanted.get().ref();
        SecureAggregationServiceGrpc.newStub(coordinators.of(wanted.get().assignment()))
                .participate(new FromCoordinator());
        waiting.forEach(this::pass);
        waiting.clear();
    }

    private void pass(MaskingUp up) {
        coordinator.onNext(up.toBuilder().setTask(task).build());
    }

    @Override
    public synchronized void onError(Throwable broken) {
        over = true;
        if (coordinator != null) {
            coordinator.cancel("The executor is gone", broken);
        }
    }

    @Override
    public synchronized void onCompleted() {
        if (!over) {
            over = true;
            if (coordinator != null) {
                coordinator.onCompleted();
            }
            executor.onCompleted();
        }
    }

    private synchronized void down(MaskingDown word) {
        if (!over) {
            executor.onNext(word);
        }
    }

    private synchronized void fail(Throwable failure) {
        if (!over) {
            over = true;
            executor.onError(GrpcFaults.from(failure));
        }
    }

    private final class FromCoordinator implements ClientResponseObserver<MaskingUp, MaskingDown> {
        @Override
        public void beforeStart(ClientCallStreamObserver<MaskingUp> started) {
            coordinator = started;
        }

        @Override
        public void onNext(MaskingDown word) {
            down(word);
        }

        @Override
        public void onError(Throwable failure) {
            fail(failure);
        }

        @Override
        public void onCompleted() {
            fail(Status.UNAVAILABLE
                    .withDescription("The coordinator ended the stream")
                    .asRuntimeException());
        }
    }
}
