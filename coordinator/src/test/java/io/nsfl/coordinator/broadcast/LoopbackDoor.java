package io.nsfl.coordinator.broadcast;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import io.nsfl.coordinator.round.OpenWork;
import io.nsfl.coordinator.round.RosterEntry;
import io.nsfl.coordinator.updates.StageArea;
import io.nsfl.coordinator.updates.UpdateFormat;
import io.nsfl.coordinator.updates.UpdateIntake;
import io.nsfl.coordinator.updates.UploadBudget;
import io.nsfl.federation.aggregate.FoldPlan;
import io.nsfl.federation.aggregate.RangeEstimate;
import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import io.nsfl.protocol.ids.RunKey;
import io.nsfl.protocol.transfer.Frame;
import io.nsfl.protocol.transfer.FrameSender;
import io.nsfl.protocol.transfer.FrameSource;
import io.nsfl.protocol.transfer.TransferMethods;
import io.nsfl.protocol.v1.Receipt;
import io.nsfl.protocol.v1.ResultHeader;
import io.nsfl.protocol.v1.RunRef;
import io.nsfl.protocol.v1.TaskKind;
import io.nsfl.protocol.v1.TaskRef;
import io.nsfl.protocol.v1.TaskServiceGrpc;
import io.nsfl.servicekit.fault.GrpcFaultInterceptor;
import io.nsfl.servicekit.time.ManualTimers;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;

/** A coordinator's TaskService on a loopback port over a {@link FakeDesk}, and a client of it. */
public final class LoopbackDoor implements AutoCloseable {
    public static final String RUN = "0b9e1c52-6f7d-4a39-9a6e-1f3c5d7e9b11";
    public static final List<TensorSpec> TENSORS = List.of(
            new TensorSpec("dense/kernel", DType.F32, List.of(300L, 1000L), TensorKind.TRAINABLE),
            new TensorSpec("bn/mean", DType.F32, List.of(8L), TensorKind.STATISTIC),
            new TensorSpec("bn/count", DType.I64, List.of(1L), TensorKind.INTEGER));
    public static final byte[] BASE_DIGEST = new byte[32];
    public static final long WEIGHT_CAP = 10_000;
    public static final double NORM_BOUND = 1_000;

    public final FakeDesk desk = new FakeDesk();
    public final ManualTimers timers = new ManualTimers(Instant.EPOCH);
    public final RunKey key = RunKey.of(new byte[32]);
    public final UpdateIntake intake;
    public final TaskServiceGrpc.TaskServiceStub stub;
    public final TaskServiceGrpc.TaskServiceBlockingStub blocking;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Server server;
    private final ManagedChannel channel;

    public LoopbackDoor(Path stage, long budget) throws IOException {
        this(stage, budget, UpdateFormat.PLAIN);
    }

    public LoopbackDoor(Path stage, long budget, UpdateFormat format) throws IOException {
        TaskGate gate = new TaskGate(key, "default", "mnist", RUN);
        intake = new UpdateIntake(gate, desk, format, new StageArea(stage), new UploadBudget(budget));
        server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
                .addService(new TaskEndpoint(gate, desk, intake, timers, threads).service())
                .intercept(new GrpcFaultInterceptor(() -> "incident"))
                .build()
                .start();
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
                .usePlaintext()
                .disableRetry()
                .build();
        stub = TaskServiceGrpc.newStub(channel);
        blocking = TaskServiceGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
    }

    /** Work of round 3, attempt 1, with clients c-1 to c-3. */
    public OpenWork work(TaskKind kind) {
        Map<String, RosterEntry> roster = new LinkedHashMap<>();
        for (int i = 1; i <= 3; i++) {
            roster.put("c-" + i, new RosterEntry("c-" + i, "", "", 600, Optional.empty()));
        }
        TensorSet base = TensorSet.allocate(Arena.ofAuto(), TENSORS);
        Optional<FoldPlan> plan = kind == TaskKind.TASK_KIND_TRAIN
                ? Optional.of(FoldPlan.forRound(TENSORS, RangeEstimate.ofBase(base), 3, WEIGHT_CAP))
                : Optional.empty();
        return new OpenWork(
                RunRef.newBuilder()
                        .setNamespace("default")
                        .setJob("mnist")
                        .setRun(RUN)
                        .build(),
                3,
                1,
                kind,
                roster,
                base,
                BASE_DIGEST,
                plan,
                WEIGHT_CAP,
                NORM_BOUND,
                List.of(),
                Instant.EPOCH.plusSeconds(600),
                false,
                Optional.empty());
    }

    /** A genuine task of round 3. */
    public TaskRef task(String client, TaskKind kind) {
        return signed(TaskRef.newBuilder()
                .setNamespace("default")
                .setJob("mnist")
                .setRun(RUN)
                .setRound(3)
                .setAttempt(1)
                .setClientId(client)
                .setKind(kind));
    }

    public TaskRef signed(TaskRef.Builder task) {
        return task.setToken(ByteString.copyFrom(key.taskToken(task.build()))).build();
    }

    /** Sends header and bytes as a well-behaved client does. */
    public CompletableFuture<Receipt> submit(ResultHeader header, byte[] update) {
        CompletableFuture<Receipt> answer = new CompletableFuture<>();
        ClientCalls.asyncClientStreamingCall(
                channel.newCall(TransferMethods.submitResult(), CallOptions.DEFAULT),
                new ClientResponseObserver<Frame, Receipt>() {
                    private FrameSender sender;

                    @Override
                    public void beforeStart(ClientCallStreamObserver<Frame> call) {
                        sender = FrameSender.submit(
                                call,
                                header.toByteArray(),
                                FrameSource.memory(MemorySegment.ofArray(update)),
                                header.getOffset());
                    }

                    @Override
                    public void onNext(Receipt receipt) {
                        sender.stop();
                        answer.complete(receipt);
                    }

                    @Override
                    public void onError(Throwable failure) {
                        sender.stop();
                        answer.completeExceptionally(failure);
                    }

                    @Override
                    public void onCompleted() {
                        sender.stop();
                    }
                });
        return answer;
    }

    /** A stream whose frames a test makes by hand. */
    public StreamObserver<Frame> rawSubmit(CompletableFuture<Receipt> answer) {
        return ClientCalls.asyncClientStreamingCall(
                channel.newCall(TransferMethods.submitResult(), CallOptions.DEFAULT), new StreamObserver<>() {
                    @Override
                    public void onNext(Receipt receipt) {
                        answer.complete(receipt);
                    }

                    @Override
                    public void onError(Throwable failure) {
                        answer.completeExceptionally(failure);
                    }

                    @Override
                    public void onCompleted() {
                        answer.completeExceptionally(new IllegalStateException("The stream ended without a receipt"));
                    }
                });
    }

    public static Frame frame(byte[] header, byte[] all, int from, int to) {
        CRC32C crc = new CRC32C();
        crc.update(all, from, to - from);
        return new Frame(header, from, (int) crc.getValue(), ByteBuffer.wrap(all, from, to - from), () -> {});
    }

    public ManagedChannel channel() {
        return channel;
    }

    @Override
    public void close() {
        channel.shutdownNow();
        server.shutdownNow();
        try {
            channel.awaitTermination(60, TimeUnit.SECONDS);
            server.awaitTermination(60, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        threads.close();
    }
}
