package io.nsfl.benchmarks.load;

import com.google.protobuf.ByteString;
import io.grpc.Channel;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultCategory;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.transfer.FrameSource;
import io.nsfl.protocol.v1.Artifact;
import io.nsfl.protocol.v1.Assignment;
import io.nsfl.protocol.v1.Receipt;
import io.nsfl.protocol.v1.ResultHeader;
import io.nsfl.protocol.v1.TaskDescription;
import io.nsfl.protocol.v1.TaskDirective;
import io.nsfl.protocol.v1.TaskKind;
import io.nsfl.protocol.v1.TaskRef;
import io.nsfl.protocol.v1.TaskServiceGrpc;
import io.nsfl.protocol.v1.UploadState;
import io.nsfl.servicekit.fault.GrpcFaults;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** One task from its assignment to its settlement, on a thread of its own. */
final class LoadTask {
    private static final Duration FIRST_WAIT = Duration.ofMillis(200);
    private static final long CALL_SECONDS = 60;
    private static final long BEAT_SECONDS = 20;

    private final Assignment assignment;
    private final TaskRef task;
    private final Channel coordinator;
    private final LoadUpdate update;
    private final Set<ByteString> held;

    /** @param held digests of the artifacts that this client has; grows */
    LoadTask(Assignment assignment, Channel coordinator, LoadUpdate update, Set<ByteString> held) {
        this.assignment = assignment;
        this.task = assignment.getTask();
        this.coordinator = coordinator;
        this.update = update;
        this.held = held;
    }

    /**
     * @param delivered called as soon as there is a receipt
     * @return how the coordinator settled it
     */
    TaskDirective.Order run(Consumer<Receipt> delivered) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(assignment.getStartDelayMs());
        Following following = Following.start(coordinator, task);
        try {
            TaskDescription description = repeated(() -> TaskServiceGrpc.newBlockingStub(coordinator)
                    .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS)
                    .describeTask(task));
            for (Artifact artifact : description.getArtifactsList()) {
                if (held.add(artifact.getSha256())) {
                    repeated(() -> answer(VerifiedFetch.start(coordinator, task, artifact)));
                }
            }
            following.tell("delivering");
            delivered.accept(repeated(() -> deliver(description)));
            following.tell("held");
            while (true) {
                try {
                    return following.settled().get(BEAT_SECONDS, TimeUnit.SECONDS);
                } catch (java.util.concurrent.TimeoutException stillOpen) {
                    following.beat();
                } catch (ExecutionException broken) {
                    throw GrpcFaults.from(broken.getCause());
                }
            }
        } finally {
            following.end();
        }
    }

    private Receipt deliver(TaskDescription description) throws InterruptedException {
        UploadState state = TaskServiceGrpc.newBlockingStub(coordinator)
                .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS)
                .uploadStatus(task);
        if (state.hasReceipt()) {
            return state.getReceipt();
        }
        ResultHeader.Builder header = ResultHeader.newBuilder()
                .setTask(task)
                .setBaseDigest(description.getBaseDigest())
                .putMetrics("sample_num", 1)
                .putMetrics("loss", 1.0 / task.getRound())
                .putMetrics("accuracy", 1 - 1.0 / (1 + task.getRound()));
        if (task.getKind() == TaskKind.TASK_KIND_EVALUATE) {
            return answer(UpdateUpload.start(coordinator, header.build(), FrameSource.empty()));
        }
        header.setSize(update.size())
                .setOffset(Math.clamp(state.getHeld(), 0, update.size()))
                .setSha256(ByteString.copyFrom(update.sha256()));
        return answer(UpdateUpload.start(coordinator, header.build(), update.source()));
    }

    private static <T> T answer(CompletableFuture<T> call) throws InterruptedException {
        try {
            return call.get();
        } catch (ExecutionException failed) {
            throw GrpcFaults.from(failed.getCause());
        }
    }

    /** Again and again, at the times that the coordinator names, until another try would not mend it. */
    private static <T> T repeated(Callable<T> call) throws InterruptedException {
        Duration wait = FIRST_WAIT;
        while (true) {
            try {
                return call.call();
            } catch (InterruptedException stopped) {
                throw stopped;
            } catch (Exception failed) {
                FaultException fault = GrpcFaults.from(failed);
                if (fault.retryAfter().isEmpty()
                        && fault.fault() != Fault.UPLOADS_BUSY
                        && fault.fault().category() != FaultCategory.EXTERNAL) {
                    throw fault;
                }
                TimeUnit.MILLISECONDS.sleep(fault.retryAfter().orElse(wait).toMillis());
                wait = wait.multipliedBy(2);
            }
        }
    }
}
