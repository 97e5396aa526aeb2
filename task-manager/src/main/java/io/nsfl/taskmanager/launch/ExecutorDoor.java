package io.nsfl.taskmanager.launch;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.ids.ClientKey;
import io.nsfl.protocol.v1.ExecutorReadyRequest;
import io.nsfl.protocol.v1.ExecutorReadyResponse;
import io.nsfl.protocol.v1.MaskingDown;
import io.nsfl.protocol.v1.RelayMaskingRequest;
import io.nsfl.protocol.v1.SignMaskingRequest;
import io.nsfl.protocol.v1.SignMaskingResponse;
import io.nsfl.protocol.v1.TaskEndedRequest;
import io.nsfl.protocol.v1.TaskEndedResponse;
import io.nsfl.protocol.v1.TaskManagerServiceGrpc;
import io.nsfl.protocol.v1.TaskProgressRequest;
import io.nsfl.protocol.v1.TaskProgressResponse;
import io.nsfl.taskmanager.deliver.Following;
import io.nsfl.taskmanager.deliver.MaskingRelay;
import io.nsfl.taskmanager.fetch.Coordinators;
import io.nsfl.taskmanager.ids.TaskKey;
import io.nsfl.taskmanager.task.TaskDesk;
import io.nsfl.taskmanager.task.TaskFiles;
import io.nsfl.taskmanager.task.TaskRecord;
import io.nsfl.taskmanager.task.TaskResult;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What executors call; each may speak for the tasks of its own run only. */
public final class ExecutorDoor extends TaskManagerServiceGrpc.TaskManagerServiceImplBase {
    private final Executors executors;
    private final TaskDesk desk;
    private final Following following;
    private final TaskFiles files;
    private final Coordinators coordinators;
    private final ClientKey key;
    private final Duration idleLimit;
    private final WorkerEnds ends = new WorkerEnds();

    public ExecutorDoor(
            Executors executors,
            TaskDesk desk,
            Following following,
            TaskFiles files,
            Coordinators coordinators,
            ClientKey key,
            Duration idleLimit) {
        this.executors = executors;
        this.desk = desk;
        this.following = following;
        this.files = files;
        this.coordinators = coordinators;
        this.key = key;
        this.idleLimit = idleLimit;
    }

    @Override
    public void executorReady(ExecutorReadyRequest request, StreamObserver<ExecutorReadyResponse> response) {
        ExecutorCaller.require(request.getExecutorId());
        executors.ready(request.getExecutorId(), request.getAddress());
        response.onNext(ExecutorReadyResponse.newBuilder()
                .setIdleLimitS((int) idleLimit.toSeconds())
                .build());
        response.onCompleted();
    }

    /** Answered once the end is in the store; of a task that is over or unknown it is no news. */
    @Override
    public void taskEnded(TaskEndedRequest request, StreamObserver<TaskEndedResponse> response) {
        TaskKey key = TaskKey.of(request.getTask());
        ExecutorCaller.require(request.getExecutorId(), executors.runOf(key));
        desk.find(key)
                .thenCompose(task -> task.flatMap(known -> resultOfAll(known, request))
                        .map(result -> desk.ended(key, request.getStart(), result))
                        .orElseGet(() -> CompletableFuture.completedFuture(null)))
                .whenComplete((stored, failure) -> {
                    if (failure == null) {
                        response.onNext(TaskEndedResponse.getDefaultInstance());
                        response.onCompleted();
                    } else {
                        response.onError(Status.UNAVAILABLE
                                .withDescription("The end of the task could not be stored: " + failure.getMessage())
                                .asRuntimeException());
                    }
                });
    }

    /** A masked vector is its maker's alone. */
    private Optional<TaskResult> resultOfAll(TaskRecord task, TaskEndedRequest request) {
        return request.getMaskingSession() > 0 && !request.hasFailure()
                ? Optional.of(result(task, request))
                : together(task, request);
    }

    private Optional<TaskResult> together(TaskRecord task, TaskEndedRequest request) {
        List<ExecutorSeat> seats = executors.seats(task);
        boolean chief = request.getExecutorId().equals(seats.getFirst().name());
        return ends.ended(
                task.key(), request.getStart(), request.getExecutorId(), chief, seats.size(), result(task, request));
    }

    private TaskResult result(TaskRecord task, TaskEndedRequest request) {
        if (request.hasFailure()) {
            return TaskResult.failure(
                    request.getFailure().getCode(), request.getFailure().getMessage(), request.getScriptMs());
        }
        if (!request.getUpdateFile().isEmpty()) {
            Path update = Path.of(request.getUpdateFile()).normalize();
            if (!update.startsWith(files.running(task))
                    || request.getUpdateSha256().size() != 32) {
                return TaskResult.failure(
                        Fault.RESULT_MISSING.name(),
                        "The executor named an update outside the task's workspace, or without a digest.",
                        request.getScriptMs());
            }
        }
        if (request.getAwaitsMasking()) {
            return TaskResult.awaitingMask(request.getScriptMs());
        }
        String digest = HexFormat.of().formatHex(request.getUpdateSha256().toByteArray());
        if (request.getMaskingSession() > 0) {
            return TaskResult.masked(
                    request.getUpdateFile(), digest, request.getScriptMs(), request.getMaskingSession());
        }
        return TaskResult.trained(
                request.getUpdateFile(),
                digest,
                request.getMetricsMap(),
                request.getScriptMs(),
                request.getResultFilesSize());
    }

    @Override
    public StreamObserver<RelayMaskingRequest> relayMasking(StreamObserver<MaskingDown> response) {
        return new MaskingRelay(this::maskedBy, coordinators, response);
    }

    /** Only for what secure aggregation signs: each message starts with a length and this label. */
    @Override
    public void signMasking(SignMaskingRequest request, StreamObserver<SignMaskingResponse> response) {
        ExecutorCaller.require(request.getExecutorId());
        SignMaskingResponse.Builder answer = SignMaskingResponse.newBuilder()
                .setIdentityKey(ByteString.copyFrom(key.identity().identityKey()));
        if (!request.getMessage().isEmpty()) {
            answer.setSignature(
                    ByteString.copyFrom(key.signMasking(request.getMessage().toByteArray())));
        }
        response.onNext(answer.build());
        response.onCompleted();
    }

    /** The task that an executor masks, if it is its own and still wanted. */
    private CompletableFuture<Optional<TaskRecord>> maskedBy(RelayMaskingRequest first) {
        TaskKey key = TaskKey.of(first.getUp().getTask());
        ExecutorCaller.require(first.getExecutorId(), executors.runOf(key));
        return desk.find(key);
    }

    @Override
    public void taskProgress(TaskProgressRequest request, StreamObserver<TaskProgressResponse> response) {
        TaskKey key = TaskKey.of(request.getProgress().getTask());
        ExecutorCaller.require(request.getExecutorId(), executors.runOf(key));
        following.progress(key, request.getProgress().getFraction());
        response.onNext(TaskProgressResponse.getDefaultInstance());
        response.onCompleted();
    }
}
