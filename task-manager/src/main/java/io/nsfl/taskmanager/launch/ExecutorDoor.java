package io.nsfl.taskmanager.launch;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.v1.ExecutorReadyRequest;
import io.nsfl.protocol.v1.ExecutorReadyResponse;
import io.nsfl.protocol.v1.TaskEndedRequest;
import io.nsfl.protocol.v1.TaskEndedResponse;
import io.nsfl.protocol.v1.TaskManagerServiceGrpc;
import io.nsfl.protocol.v1.TaskProgressRequest;
import io.nsfl.protocol.v1.TaskProgressResponse;
import io.nsfl.taskmanager.deliver.Following;
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

/** What executors call; each may speak for the tasks of its own run only. */
public final class ExecutorDoor extends TaskManagerServiceGrpc.TaskManagerServiceImplBase {
    private final Executors executors;
    private final TaskDesk desk;
    private final Following following;
    private final TaskFiles files;
    private final Duration idleLimit;
    private final WorkerEnds ends = new WorkerEnds();

    public ExecutorDoor(Executors executors, TaskDesk desk, Following following, TaskFiles files, Duration idleLimit) {
        this.executors = executors;
        this.desk = desk;
        this.following = following;
        this.files = files;
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
                .thenAccept(task -> task.flatMap(known -> together(known, request))
                        .ifPresent(result -> desk.ended(key, request.getStart(), result)))
                .thenCompose(posted -> desk.find(key))
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
        return new TaskResult(
                request.getUpdateFile(),
                HexFormat.of().formatHex(request.getUpdateSha256().toByteArray()),
                request.getMetricsMap(),
                "",
                "",
                request.getScriptMs());
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
