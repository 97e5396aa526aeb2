package io.nsfl.benchmarks.load;

import io.grpc.Channel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.nsfl.protocol.v1.Progress;
import io.nsfl.protocol.v1.TaskDirective;
import io.nsfl.protocol.v1.TaskRef;
import io.nsfl.protocol.v1.TaskServiceGrpc;
import java.util.concurrent.CompletableFuture;

/** The stream that a client keeps open until its task is settled. Safe from any thread. */
final class Following implements ClientResponseObserver<Progress, TaskDirective> {
    private final TaskRef task;
    private final CompletableFuture<TaskDirective.Order> settled = new CompletableFuture<>();
    private ClientCallStreamObserver<Progress> up;
    private boolean over;
    private String stage = "";

    private Following(TaskRef task) {
        this.task = task;
    }

    static Following start(Channel coordinator, TaskRef task) {
        Following following = new Following(task);
        TaskServiceGrpc.newStub(coordinator).reportProgress(following);
        following.tell("fetching");
        return following;
    }

    /** How the task ended for the coordinator. */
    CompletableFuture<TaskDirective.Order> settled() {
        return settled;
    }

    synchronized void tell(String newStage) {
        stage = newStage;
        beat();
    }

    synchronized void beat() {
        if (!over) {
            up.onNext(Progress.newBuilder()
                    .setTask(task)
                    .setStage(stage)
                    .setFraction(-1)
                    .build());
        }
    }

    synchronized void end() {
        if (!over) {
            over = true;
            up.onCompleted();
        }
    }

    private synchronized void isOver() {
        over = true;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<Progress> started) {
        up = started;
    }

    @Override
    public void onNext(TaskDirective directive) {
        switch (directive.getOrder()) {
            case STOP, SETTLED_INCLUDED, SETTLED_DROPPED -> settled.complete(directive.getOrder());
            case DELIVER_AGAIN, ORDER_UNSPECIFIED, UNRECOGNIZED -> {
                // A sign of life; nobody restarts a coordinator here.
            }
        }
    }

    @Override
    public void onError(Throwable failure) {
        isOver();
        settled.completeExceptionally(failure);
    }

    @Override
    public void onCompleted() {
        isOver();
        // The coordinator has said what it had to say before it ends a stream.
        settled.complete(TaskDirective.Order.ORDER_UNSPECIFIED);
    }
}
