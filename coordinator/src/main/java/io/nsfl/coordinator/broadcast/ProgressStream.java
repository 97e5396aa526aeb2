package io.nsfl.coordinator.broadcast;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.nsfl.coordinator.round.RoundDesk;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.Progress;
import io.nsfl.protocol.v1.TaskDirective;
import io.nsfl.protocol.v1.TaskRef;
import io.nsfl.servicekit.time.Timers;
import java.util.concurrent.Executor;

/** One client's ReportProgress call: progress up, directives down. When it ends the task itself stays open: the client may come back. */
final class ProgressStream implements StreamObserver<Progress> {
    private final TaskGate gate;
    private final RoundDesk desk;
    private final BeatingCall<TaskDirective> call;

    // Touched by the call's callbacks only.
    private TaskRef task;

    ProgressStream(
            TaskGate gate,
            RoundDesk desk,
            Timers timers,
            Executor threads,
            ServerCallStreamObserver<TaskDirective> response) {
        this.gate = gate;
        this.desk = desk;
        this.call = new BeatingCall<>("progress", TaskDirective.getDefaultInstance(), timers, threads, response);
    }

    @Override
    public void onNext(Progress progress) {
        try {
            accept(progress);
        } catch (FaultException refused) {
            call.fail(refused);
        }
    }

    @Override
    public void onError(Throwable broken) {
        call.gone();
    }

    @Override
    public void onCompleted() {
        call.complete();
    }

    private void accept(Progress progress) {
        if (task == null) {
            gate.admit(progress.getTask());
            task = progress.getTask();
            call.keep(desk.directives(task, call::send));
        } else if (!task.equals(progress.getTask())) {
            throw new FaultException(
                    Fault.REQUEST_INVALID, "A progress stream is about one task; open another for another task.");
        }
        call.heard();
        desk.progress(progress);
    }
}
