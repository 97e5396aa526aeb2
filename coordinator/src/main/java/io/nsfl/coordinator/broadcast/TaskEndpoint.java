package io.nsfl.coordinator.broadcast;

import io.grpc.BindableService;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.nsfl.coordinator.round.RoundDesk;
import io.nsfl.protocol.transfer.Frame;
import io.nsfl.protocol.transfer.TransferMethods;
import io.nsfl.protocol.transfer.TransferService;
import io.nsfl.protocol.v1.FetchTaskRequest;
import io.nsfl.protocol.v1.Progress;
import io.nsfl.protocol.v1.Receipt;
import io.nsfl.protocol.v1.TaskDescription;
import io.nsfl.protocol.v1.TaskDirective;
import io.nsfl.protocol.v1.TaskRef;
import io.nsfl.protocol.v1.TaskServiceGrpc;
import io.nsfl.protocol.v1.UploadState;
import io.nsfl.servicekit.time.Timers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** TaskService as clients call it: admits the task, then passes on to the step that answers. Faults are translated by an interceptor. */
public final class TaskEndpoint {
    /** So long a description waits for what would save its client bytes; clients wait longer for it. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final TaskGate gate;
    private final RoundDesk desk;
    private final ResultIntake intake;
    private final TaskFetch fetch;
    private final Timers timers;
    private final Executor threads;

    /**
     * @param timers for the beats of progress streams
     * @param threads lend a thread to each progress stream while it sends; any pool, virtual threads too
     */
    public TaskEndpoint(TaskGate gate, RoundDesk desk, ResultIntake intake, Timers timers, Executor threads) {
        this.gate = gate;
        this.desk = desk;
        this.intake = intake;
        this.fetch = new TaskFetch(gate, desk);
        this.timers = timers;
        this.threads = threads;
    }

    /** The service to register with a server. */
    public BindableService service() {
        return TransferMethods.service(new Questions(), new Transfers());
    }

    private final class Questions implements TaskServiceGrpc.AsyncService {
        @Override
        public void describeTask(TaskRef task, StreamObserver<TaskDescription> response) {
            gate.admit(task);
            CompletableFuture<Void> prepared = desk.prepared(task).toCompletableFuture();
            if (prepared.isDone()) {
                response.onNext(desk.describe(task));
                response.onCompleted();
                return;
            }
            new PatientAnswer<>((ServerCallStreamObserver<TaskDescription>) response, () -> desk.describe(task))
                    .after(prepared, PATIENCE, timers, threads);
        }

        @Override
        public void uploadStatus(TaskRef task, StreamObserver<UploadState> response) {
            response.onNext(intake.held(task));
            response.onCompleted();
        }

        @Override
        public StreamObserver<Progress> reportProgress(StreamObserver<TaskDirective> response) {
            return new ProgressStream(gate, desk, timers, threads, (ServerCallStreamObserver<TaskDirective>) response);
        }
    }

    private final class Transfers implements TransferService {
        @Override
        public void fetchTask(FetchTaskRequest request, ServerCallStreamObserver<Frame> response) {
            fetch.serve(request, response);
        }

        @Override
        public StreamObserver<Frame> submitResult(ServerCallStreamObserver<Receipt> response) {
            return intake.receive(response);
        }
    }
}
