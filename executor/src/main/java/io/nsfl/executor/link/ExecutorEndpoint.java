package io.nsfl.executor.link;

import io.grpc.stub.StreamObserver;
import io.nsfl.executor.task.TaskDesk;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.CancelTaskRequest;
import io.nsfl.protocol.v1.CancelTaskResponse;
import io.nsfl.protocol.v1.ExecutorServiceGrpc;
import io.nsfl.protocol.v1.ExecutorStatus;
import io.nsfl.protocol.v1.ExecutorStatusRequest;
import io.nsfl.protocol.v1.RunTaskRequest;
import io.nsfl.protocol.v1.RunTaskResponse;
import io.nsfl.protocol.v1.TaskRef;
import java.nio.file.Path;

/** What the task-manager asks of this executor. Serves one run of one job and refuses tasks of others. */
public final class ExecutorEndpoint extends ExecutorServiceGrpc.ExecutorServiceImplBase {
    private final String executorId;
    private final ServedRun served;
    private final TaskDesk desk;

    /** Which tasks are this executor's. */
    public record ServedRun(String namespace, String job, String run) {
        boolean serves(TaskRef task) {
            return task.getNamespace().equals(namespace)
                    && task.getJob().equals(job)
                    && task.getRun().equals(run);
        }
    }

    public ExecutorEndpoint(String executorId, ServedRun served, TaskDesk desk) {
        this.executorId = executorId;
        this.served = served;
        this.desk = desk;
    }

    @Override
    public void run(RunTaskRequest request, StreamObserver<RunTaskResponse> answer) {
        require(request);
        desk.run(request);
        answer.onNext(RunTaskResponse.getDefaultInstance());
        answer.onCompleted();
    }

    @Override
    public void cancel(CancelTaskRequest request, StreamObserver<CancelTaskResponse> answer) {
        desk.cancel(request.getTask(), request.getReason());
        answer.onNext(CancelTaskResponse.getDefaultInstance());
        answer.onCompleted();
    }

    @Override
    public void status(ExecutorStatusRequest request, StreamObserver<ExecutorStatus> answer) {
        answer.onNext(ExecutorStatus.newBuilder()
                .setExecutorId(executorId)
                .addAllRunning(desk.running())
                .build());
        answer.onCompleted();
    }

    private void require(RunTaskRequest request) {
        if (!served.serves(request.getDescription().getTask())) {
            throw new FaultException(
                    Fault.STALE_RUN,
                    "This executor serves run " + served.run + " of " + served.namespace + "/" + served.job + " only.");
        }
        if (!Path.of(request.getWorkspace()).isAbsolute()
                || !Path.of(request.getTaskConfig()).isAbsolute()) {
            throw new FaultException(
                    Fault.REQUEST_INVALID, "A task's workspace and task config must be absolute paths.");
        }
    }
}
