package io.nsfl.taskmanager.deliver;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.transfer.Frame;
import io.nsfl.protocol.transfer.FrameSender;
import io.nsfl.protocol.transfer.FrameSource;
import io.nsfl.protocol.transfer.TransferMethods;
import io.nsfl.protocol.v1.FaultDetail;
import io.nsfl.protocol.v1.Receipt;
import io.nsfl.protocol.v1.ResultHeader;
import io.nsfl.protocol.v1.TaskServiceGrpc;
import io.nsfl.protocol.v1.UploadState;
import io.nsfl.taskmanager.fetch.Attempts;
import io.nsfl.taskmanager.fetch.Coordinators;
import io.nsfl.taskmanager.ids.TaskKey;
import io.nsfl.taskmanager.state.RunStates;
import io.nsfl.taskmanager.task.TaskDesk;
import io.nsfl.taskmanager.task.TaskFiles;
import io.nsfl.taskmanager.task.TaskRecord;
import io.nsfl.taskmanager.task.TaskResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** Brings results to coordinators: asks what they hold already, streams the rest, and tries until there is a receipt. */
public final class Delivery {
    private static final long STATUS_SECONDS = 30;

    private final Coordinators coordinators;
    private final TaskFiles files;
    private final RunStates states;
    private final Attempts attempts;
    private final InstantSource clock;

    public Delivery(
            Coordinators coordinators, TaskFiles files, RunStates states, Attempts attempts, InstantSource clock) {
        this.coordinators = coordinators;
        this.files = files;
        this.states = states;
        this.attempts = attempts;
        this.clock = clock;
    }

    /** Tries until there is a receipt, or nobody wants the result any more; the desk learns which. */
    public void start(TaskRecord task, TaskDesk desk) {
        TaskKey key = task.key();
        attempts.start(key, () -> desk.receipt(key, deliver(task)), failure -> {
            if (Attempts.stale(failure)) {
                desk.drop(key, failure.getMessage());
            } else {
                desk.receipt(key, rejected(failure.fault(), failure.getMessage()));
            }
        });
    }

    private static Receipt rejected(Fault fault, String message) {
        return Receipt.newBuilder()
                .setVerdict(Receipt.Verdict.REJECTED)
                .setFault(FaultDetail.newBuilder().setCode(fault.name()).setMessage(message))
                .build();
    }

    private Receipt deliver(TaskRecord task) throws IOException, InterruptedException {
        Channel coordinator = coordinators.of(task.assignment());
        TaskResult result = task.result().orElseThrow();
        Path update = Path.of(result.updateFile());
        if (!result.failed() && !result.updateFile().isEmpty() && !Files.isRegularFile(update)) {
            result = TaskResult.failure(
                    Fault.RESULT_MISSING.name(), "The finished update is not on the client's disk any more.", 0);
        }
        if (result.failed()) {
            return send(coordinator, header(task, result, 0, 0), FrameSource.empty(), 0);
        }
        if (!result.updateFile().isEmpty()) {
            // Before the update can be counted: what belongs to it must be here when the next task says that it was.
            states.hold(task.ref(), files.running(task));
        }
        UploadState state = TaskServiceGrpc.newBlockingStub(coordinator)
                .withDeadlineAfter(STATUS_SECONDS, TimeUnit.SECONDS)
                .uploadStatus(task.ref());
        if (state.hasReceipt()) {
            return state.getReceipt();
        }
        if (result.updateFile().isEmpty()) {
            return send(coordinator, header(task, result, 0, 0), FrameSource.empty(), 0);
        }
        FrameSource source = FrameSource.file(update);
        long offset = Math.clamp(state.getHeld(), 0, source.size());
        return send(coordinator, header(task, result, source.size(), offset), source, offset);
    }

    private ResultHeader header(TaskRecord task, TaskResult result, long size, long offset) {
        ResultHeader.Builder header =
                ResultHeader.newBuilder().setTask(task.ref()).setOffset(offset).setSize(size);
        if (result.failed()) {
            header.setFailure(
                    FaultDetail.newBuilder().setCode(result.faultCode()).setMessage(result.faultMessage()));
        } else {
            header.setSha256(ByteString.copyFrom(HexFormat.of().parseHex(result.sha256())))
                    .setBaseDigest(task.description().orElseThrow().getBaseDigest())
                    .putAllMetrics(result.metrics())
                    .setMaskingSession(result.maskingSession())
                    .setResultFilesSize(result.resultFilesSize());
        }
        return header.setScriptMs(result.scriptMillis())
                .setTaskMs(Duration.between(task.acceptedAt(), clock.instant()).toMillis())
                .setResultDigest(ByteString.copyFrom(ResultDigest.of(task.key(), result)))
                .build();
    }

    private static Receipt send(Channel coordinator, ResultHeader header, FrameSource source, long offset)
            throws InterruptedException {
        Upload upload = new Upload(header.toByteArray(), source, offset);
        ClientCalls.asyncClientStreamingCall(
                coordinator.newCall(TransferMethods.submitResult(), CallOptions.DEFAULT), upload);
        try {
            return upload.receipt.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException("An upload failed", e.getCause());
        } catch (InterruptedException interrupted) {
            upload.call.cancel("Not wanted any more", null);
            throw interrupted;
        }
    }

    /** One try: the stream up and the receipt down. */
    private static final class Upload implements ClientResponseObserver<Frame, Receipt> {
        private final byte[] header;
        private final FrameSource source;
        private final long offset;
        private final CompletableFuture<Receipt> receipt = new CompletableFuture<>();
        private volatile ClientCallStreamObserver<Frame> call;
        private FrameSender sender;

        private Upload(byte[] header, FrameSource source, long offset) {
            this.header = header;
            this.source = source;
            this.offset = offset;
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<Frame> started) {
            call = started;
            sender = FrameSender.submit(started, header, source, offset);
        }

        @Override
        public void onNext(Receipt answer) {
            receipt.complete(answer);
        }

        @Override
        public void onError(Throwable failure) {
            sender.stop();
            receipt.completeExceptionally(failure);
        }

        @Override
        public void onCompleted() {
            sender.stop();
            receipt.completeExceptionally(
                    new FaultException(Fault.UNAVAILABLE, "The coordinator ended an upload without a receipt."));
        }
    }
}
