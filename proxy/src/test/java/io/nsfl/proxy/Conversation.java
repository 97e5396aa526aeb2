package io.nsfl.proxy;

import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import io.nsfl.protocol.v1.Progress;
import io.nsfl.protocol.v1.TaskDirective;
import io.nsfl.protocol.v1.TaskServiceGrpc;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** An open stream in both directions. */
final class Conversation implements StreamObserver<TaskDirective> {
    private final LinkedBlockingQueue<TaskDirective> answers = new LinkedBlockingQueue<>();
    final CompletableFuture<Throwable> broken = new CompletableFuture<>();
    private final StreamObserver<Progress> up;

    Conversation(ManagedChannel channel) {
        up = TaskServiceGrpc.newStub(channel).reportProgress(this);
    }

    /** @return whether there was an answer */
    boolean exchange() throws InterruptedException {
        up.onNext(Progress.getDefaultInstance());
        return answers.poll(60, TimeUnit.SECONDS) != null;
    }

    @Override
    public void onNext(TaskDirective directive) {
        answers.add(directive);
    }

    @Override
    public void onError(Throwable failure) {
        broken.complete(failure);
    }

    @Override
    public void onCompleted() {}
}
