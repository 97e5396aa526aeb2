package io.nsfl.taskmanager;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.nsfl.protocol.ids.ClientIdentity;
import io.nsfl.protocol.transfer.Frame;
import io.nsfl.protocol.transfer.FrameSender;
import io.nsfl.protocol.transfer.FrameSource;
import io.nsfl.protocol.transfer.TransferMethods;
import io.nsfl.protocol.transfer.TransferService;
import io.nsfl.protocol.v1.Artifact;
import io.nsfl.protocol.v1.ArtifactDelta;
import io.nsfl.protocol.v1.ArtifactHeader;
import io.nsfl.protocol.v1.ArtifactKind;
import io.nsfl.protocol.v1.Assignment;
import io.nsfl.protocol.v1.Challenge;
import io.nsfl.protocol.v1.ClientEvent;
import io.nsfl.protocol.v1.ClientServiceGrpc;
import io.nsfl.protocol.v1.FetchTaskRequest;
import io.nsfl.protocol.v1.Progress;
import io.nsfl.protocol.v1.Receipt;
import io.nsfl.protocol.v1.Register;
import io.nsfl.protocol.v1.Registered;
import io.nsfl.protocol.v1.Resources;
import io.nsfl.protocol.v1.ResultHeader;
import io.nsfl.protocol.v1.ServerEvent;
import io.nsfl.protocol.v1.TaskDescription;
import io.nsfl.protocol.v1.TaskDirective;
import io.nsfl.protocol.v1.TaskKind;
import io.nsfl.protocol.v1.TaskRef;
import io.nsfl.protocol.v1.TaskServiceGrpc;
import io.nsfl.protocol.v1.TensorRule;
import io.nsfl.protocol.v1.UploadState;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A server for one client in tests: selector and coordinator in one, with streams that can be broken. */
final class TestServer implements AutoCloseable {
    final List<ClientEvent> events = new CopyOnWriteArrayList<>();
    final List<ResultHeader> results = new CopyOnWriteArrayList<>();
    final List<Long> fetchOffsets = new CopyOnWriteArrayList<>();
    final List<String> stages = new CopyOnWriteArrayList<>();
    /** So many fetches and uploads break after their first frames. */
    final AtomicInteger breakFetches = new AtomicInteger();

    final AtomicInteger breakUploads = new AtomicInteger();
    final Map<String, Path> artifacts = new ConcurrentHashMap<>();
    final Map<String, ArtifactKind> kinds = new ConcurrentHashMap<>();
    final List<String> fetched = new CopyOnWriteArrayList<>();
    /** What the weights are offered to be made of; empty = the job does not send deltas. */
    volatile Optional<List<ArtifactDelta>> deltas = Optional.empty();

    private final Map<String, StreamObserver<TaskDirective>> directives = new ConcurrentHashMap<>();
    private final ByteArrayOutputStream upload = new ByteArrayOutputStream();
    volatile byte[] received = {};
    volatile String parameters = "{}";
    volatile String runtime = "dl4j";
    volatile String job = "mnist";
    volatile Resources resources = Resources.getDefaultInstance();
    volatile List<TensorRule> tensors = List.of();
    volatile String clientId = "";
    volatile StreamObserver<ServerEvent> down;
    private final Server server;

    TestServer() throws IOException {
        server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
                .addService(new Connections())
                .addService(TransferMethods.service(new Tasks(), new Transfers()))
                .build()
                .start();
    }

    String address() {
        return "127.0.0.1:" + server.getPort();
    }

    TaskRef task(int round) {
        return TaskRef.newBuilder()
                .setNamespace("default")
                .setJob(job)
                .setRun("11111111-2222-3333-4444-555555555555")
                .setRound(round)
                .setAttempt(1)
                .setClientId(clientId)
                .setKind(TaskKind.TASK_KIND_TRAIN)
                .setToken(ByteString.copyFromUtf8("token"))
                .build();
    }

    void assign(int round) {
        send(ServerEvent.newBuilder()
                .setAssignment(Assignment.newBuilder()
                        .setTask(task(round))
                        .setRoute("default-mnist")
                        .setRuntime(runtime)
                        .setResources(resources)
                        .setDeadlineMs(600_000))
                .build());
    }

    void direct(int round, TaskDirective.Order order) {
        directives
                .get(task(round).toString())
                .onNext(TaskDirective.newBuilder().setOrder(order).build());
    }

    void send(ServerEvent event) {
        synchronized (this) {
            down.onNext(event);
        }
    }

    boolean heard(ClientEvent.EventCase what) {
        return events.stream().anyMatch(event -> event.getEventCase() == what);
    }

    Artifact artifact(String name) {
        try {
            byte[] bytes = Files.readAllBytes(artifacts.get(name));
            return Artifact.newBuilder()
                    .setName(name)
                    .setKind(kinds.get(name))
                    .setSize(bytes.length)
                    .setSha256(ByteString.copyFrom(
                            MessageDigest.getInstance("SHA-256").digest(bytes)))
                    .build();
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    private final class Connections extends ClientServiceGrpc.ClientServiceImplBase {
        @Override
        public StreamObserver<ClientEvent> connect(StreamObserver<ServerEvent> response) {
            byte[] nonce = {1, 2, 3};
            response.onNext(ServerEvent.newBuilder()
                    .setChallenge(Challenge.newBuilder().setNonce(ByteString.copyFrom(nonce)))
                    .build());
            return new StreamObserver<>() {
                @Override
                public void onNext(ClientEvent event) {
                    if (event.hasRegister()) {
                        register(event.getRegister(), nonce, response);
                    }
                    events.add(event);
                }

                @Override
                public void onError(Throwable failure) {}

                @Override
                public void onCompleted() {
                    response.onCompleted();
                }
            };
        }

        private void register(Register register, byte[] nonce, StreamObserver<ServerEvent> response) {
            ClientIdentity identity =
                    ClientIdentity.of(register.getIdentityKey().toByteArray());
            if (!identity.signedRegister(nonce, register.getSignature().toByteArray())) {
                response.onError(Status.UNAUTHENTICATED.asRuntimeException());
                return;
            }
            clientId = identity.id();
            down = response;
            send(ServerEvent.newBuilder()
                    .setRegistered(Registered.newBuilder()
                            .setClientId(clientId)
                            .setSessionId("session")
                            .setReportPeriodS(60))
                    .build());
        }
    }

    private final class Tasks implements TaskServiceGrpc.AsyncService {
        @Override
        public void describeTask(TaskRef task, StreamObserver<TaskDescription> response) {
            List<Artifact> all = new ArrayList<>();
            artifacts.keySet().stream()
                    .filter(name -> kinds.get(name) != ArtifactKind.ARTIFACT_KIND_DELTA)
                    .sorted()
                    .forEach(name -> all.add(offered(artifact(name))));
            response.onNext(TaskDescription.newBuilder()
                    .setTask(task)
                    .setRuntime(runtime)
                    .setConfigFile("task.json")
                    .setParametersJson(parameters)
                    .addAllArtifacts(all)
                    .addAllTensors(tensors)
                    .setWeightsReused(deltas.isPresent())
                    .setBaseDigest(ByteString.copyFromUtf8("base"))
                    .setModelSuffix(".safetensors")
                    .build());
            response.onCompleted();
        }

        private Artifact offered(Artifact artifact) {
            return artifact.getKind() == ArtifactKind.ARTIFACT_KIND_WEIGHTS
                    ? artifact.toBuilder()
                            .addAllDeltas(deltas.orElse(List.of()))
                            .build()
                    : artifact;
        }

        @Override
        public void uploadStatus(TaskRef task, StreamObserver<UploadState> response) {
            response.onNext(UploadState.newBuilder().setHeld(upload.size()).build());
            response.onCompleted();
        }

        @Override
        public StreamObserver<Progress> reportProgress(StreamObserver<TaskDirective> response) {
            return new StreamObserver<>() {
                @Override
                public void onNext(Progress progress) {
                    directives.put(progress.getTask().toString(), response);
                    stages.add(progress.getStage());
                }

                @Override
                public void onError(Throwable failure) {}

                @Override
                public void onCompleted() {
                    response.onCompleted();
                }
            };
        }
    }

    private final class Transfers implements TransferService {
        @Override
        public void fetchTask(FetchTaskRequest request, ServerCallStreamObserver<Frame> response) {
            Artifact artifact = artifact(request.getArtifact());
            fetchOffsets.add(request.getOffset());
            fetched.add(request.getArtifact());
            byte[] header = ArtifactHeader.newBuilder()
                    .setArtifact(artifact)
                    .setOffset(request.getOffset())
                    .build()
                    .toByteArray();
            try {
                Path file = artifacts.get(request.getArtifact());
                boolean breaks = artifact.getSize() > Frame.MAX_DATA && breakFetches.getAndDecrement() > 0;
                FrameSource source = breaks ? FrameSource.file(file, 0, Frame.MAX_DATA) : FrameSource.file(file);
                FrameSender sender = FrameSender.serve(response, header, source, request.getOffset());
                sender.sent();
            } catch (IOException e) {
                response.onError(Status.INTERNAL.asRuntimeException());
            }
        }

        @Override
        public StreamObserver<Frame> submitResult(ServerCallStreamObserver<Receipt> response) {
            response.disableAutoRequest();
            response.request(1);
            boolean breaks = breakUploads.getAndDecrement() > 0;
            return new StreamObserver<>() {
                private ResultHeader header;

                @Override
                public void onNext(Frame frame) {
                    try {
                        if (header == null) {
                            header = ResultHeader.parseFrom(frame.header());
                        }
                    } catch (InvalidProtocolBufferException e) {
                        throw new IllegalStateException(e);
                    }
                    byte[] bytes = new byte[frame.data().remaining()];
                    frame.data().get(bytes);
                    frame.release().run();
                    upload.writeBytes(bytes);
                    if (breaks && upload.size() > 0) {
                        response.onError(Status.UNAVAILABLE.asRuntimeException());
                    } else {
                        response.request(1);
                    }
                }

                @Override
                public void onError(Throwable failure) {}

                @Override
                public void onCompleted() {
                    received = upload.toByteArray();
                    upload.reset();
                    results.add(header);
                    response.onNext(Receipt.newBuilder()
                            .setVerdict(Receipt.Verdict.HELD)
                            .build());
                    response.onCompleted();
                }
            };
        }
    }
}
