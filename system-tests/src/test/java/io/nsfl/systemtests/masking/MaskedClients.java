package io.nsfl.systemtests.masking;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import io.nsfl.coordinator.selection.ClientSelection;
import io.nsfl.executor.link.MaskingStreams;
import io.nsfl.executor.link.TaskManagerLink;
import io.nsfl.executor.masking.Maskers;
import io.nsfl.executor.masking.PrivateUpdates;
import io.nsfl.executor.protect.TaskPrivacy;
import io.nsfl.executor.protect.UpdateFile;
import io.nsfl.federation.secagg.ClientPolicy;
import io.nsfl.federation.secagg.PartyKey;
import io.nsfl.federation.secagg.PeerTrust;
import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import io.nsfl.modelformats.safetensors.SafetensorsDraft;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.ClientKey;
import io.nsfl.protocol.transfer.Frame;
import io.nsfl.protocol.transfer.FrameSender;
import io.nsfl.protocol.transfer.FrameSource;
import io.nsfl.protocol.transfer.TransferMethods;
import io.nsfl.protocol.v1.AssignRequest;
import io.nsfl.protocol.v1.Assignment;
import io.nsfl.protocol.v1.FaultDetail;
import io.nsfl.protocol.v1.Lease;
import io.nsfl.protocol.v1.LeaseEvent;
import io.nsfl.protocol.v1.MaskingDown;
import io.nsfl.protocol.v1.MaskingMessage;
import io.nsfl.protocol.v1.MaskingOpening;
import io.nsfl.protocol.v1.MaskingStage;
import io.nsfl.protocol.v1.MaskingUp;
import io.nsfl.protocol.v1.Receipt;
import io.nsfl.protocol.v1.RelayMaskingRequest;
import io.nsfl.protocol.v1.ReleaseRequest;
import io.nsfl.protocol.v1.ReserveRequest;
import io.nsfl.protocol.v1.ReserveResponse;
import io.nsfl.protocol.v1.Resources;
import io.nsfl.protocol.v1.ResultHeader;
import io.nsfl.protocol.v1.RunRef;
import io.nsfl.protocol.v1.RunTaskRequest;
import io.nsfl.protocol.v1.TaskDescription;
import io.nsfl.protocol.v1.TaskEndedRequest;
import io.nsfl.protocol.v1.TaskKind;
import io.nsfl.protocol.v1.TaskManagerServiceGrpc;
import io.nsfl.protocol.v1.TaskRef;
import io.nsfl.protocol.v1.TaskServiceGrpc;
import io.nsfl.servicekit.fault.GrpcFaultInterceptor;
import io.nsfl.servicekit.fault.GrpcFaults;
import io.nsfl.servicekit.grpc.Backoff;
import io.nsfl.servicekit.grpc.Channels;
import io.nsfl.servicekit.time.ScheduledTimers;
import io.nsfl.taskmanager.deliver.MaskingRelay;
import io.nsfl.taskmanager.fetch.Coordinators;
import io.nsfl.taskmanager.task.TaskRecord;
import io.nsfl.taskmanager.task.TaskState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Clients whose scripts take no time: their update moves every weight by their own amount. Keys, masks and streams are the executor's, the
 * relay is the task-manager's. A client dies when a stage is asked of it, if the test says so; the selection notices at once.
 */
final class MaskedClients implements ClientSelection {
    private final Path directory;
    private final Map<String, Client> clients = new TreeMap<>();
    private final Executor threads = Executors.newVirtualThreadPerTaskExecutor();
    private final ScheduledTimers timers = new ScheduledTimers("client-timers");
    private final Map<String, TaskRef> tokens = new ConcurrentHashMap<>();
    private final AtomicReference<String> coordinator = new AtomicReference<>("");
    private final Coordinators coordinators = new Coordinators(null, Channels::open);
    private final Server relay;
    private volatile Consumer<LeaseEvent> listener = _ -> {};
    private volatile Predicate<MaskingStage> beforeStage = _ -> true;
    private volatile BiPredicate<MaskingStage, Client> dying = (_, _) -> false;

    /** Runs before a stage is answered; false = the client that is asked hears nothing. */
    void beforeStage(Predicate<MaskingStage> rule) {
        beforeStage = rule;
    }

    /** Which clients are gone as soon as a stage is asked of them, by what they know then. */
    void dying(BiPredicate<MaskingStage, Client> rule) {
        dying = rule;
    }

    /** @param count of clients; client i has {@code 100 * (i + 1)} samples and moves by {@code 0.001 * (i + 1)} */
    MaskedClients(Path directory, int count) throws IOException {
        this.directory = directory;
        for (int i = 0; i < count; i++) {
            Client client = new Client(i);
            clients.put(client.id(), client);
        }
        relay = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(new TaskManagerServiceGrpc.TaskManagerServiceImplBase() {
                    @Override
                    public StreamObserver<RelayMaskingRequest> relayMasking(StreamObserver<MaskingDown> response) {
                        return new MaskingRelay(MaskedClients.this::record, coordinators, response);
                    }
                })
                .intercept(new GrpcFaultInterceptor(() -> "error"))
                .build()
                .start();
    }

    /** Where the coordinator is now. */
    void dial(String address) {
        coordinator.set(address);
    }

    List<Client> all() {
        return new ArrayList<>(clients.values().stream()
                .sorted((one, other) -> Integer.compare(one.index, other.index))
                .toList());
    }

    private CompletableFuture<Optional<TaskRecord>> record(RelayMaskingRequest first) {
        TaskRef task = tokens.get(key(first.getUp().getTask()));
        Instant now = Instant.now();
        return CompletableFuture.completedFuture(Optional.of(new TaskRecord(
                "task",
                Assignment.newBuilder()
                        .setTask(task)
                        .setCoordinatorAddress(coordinator.get())
                        .setRoute("default-masked")
                        .build(),
                TaskState.MASKING,
                Resources.getDefaultInstance(),
                Optional.empty(),
                0,
                Optional.empty(),
                "",
                now,
                now.plusSeconds(600),
                now)));
    }

    private static String key(TaskRef task) {
        return task.getKindValue() + "/" + task.getRound() + "/" + task.getAttempt() + "/" + task.getClientId();
    }

    @Override
    public ReserveResponse reserve(ReserveRequest request) {
        ReserveResponse.Builder response = ReserveResponse.newBuilder().setLeaseDurationS(180);
        clients.values().stream()
                .filter(client -> !client.dead)
                .forEach(client -> response.addLeases(
                        Lease.newBuilder().setClientId(client.id()).setSamples(100L * (client.index + 1))));
        return response.build();
    }

    @Override
    public void assign(AssignRequest request) {
        for (Assignment assignment : request.getAssignmentsList()) {
            TaskRef task = assignment.getTask();
            Client client = clients.get(task.getClientId());
            boolean first = tokens.put(key(task), task) == null;
            if (first && !client.dead) {
                threads.execute(() -> client.work(task));
            }
        }
    }

    @Override
    public void release(ReleaseRequest request) {}

    @Override
    public void renew(RunRef run) {}

    @Override
    public void watch(RunRef run, Consumer<LeaseEvent> events, Consumer<String> superseded) {
        listener = events;
    }

    @Override
    public void close() {
        clients.values().forEach(client -> client.maskers.close());
        relay.shutdownNow();
        coordinators.close();
        timers.close();
    }

    /** One client. */
    final class Client implements PartyKey, Maskers.Streams {
        private final int index;
        private final ClientKey key = ClientKey.generate(new SecureRandom());
        private final Path home;
        private final PrivateUpdates updates;
        private final Maskers maskers;
        private final AtomicInteger trainings = new AtomicInteger();
        private volatile Optional<MaskingStage> diesAt = Optional.empty();
        private volatile MaskingOpening opening = MaskingOpening.getDefaultInstance();
        private volatile boolean dead;

        private Client(int index) throws IOException {
            this.index = index;
            this.home = Files.createDirectories(directory.resolve("client-" + index));
            this.updates = new PrivateUpdates(home.resolve("private"));
            this.maskers = new Maskers(
                    updates, new ClientPolicy(2, PeerTrust.SERVER), this, new SecureRandom(), this, threads);
        }

        String id() {
            return key.identity().id();
        }

        double shift() {
            return 0.001 * (index + 1);
        }

        long samples() {
            return 100L * (index + 1);
        }

        int trainings() {
            return trainings.get();
        }

        /** Its group in the first session that it was in. */
        int group() {
            return opening.getGroup();
        }

        /** Its place in that group. */
        int place() {
            return opening.getClientIdsList().indexOf(id());
        }

        /** It is gone as soon as this stage is asked of it. */
        void diesAt(MaskingStage stage) {
            diesAt = Optional.of(stage);
        }

        private void work(TaskRef task) {
            TaskDescription description = describe(task);
            try {
                Path workspace = Files.createDirectories(
                        home.resolve(task.getKind() + "-" + task.getRound() + "-" + task.getAttempt()));
                if (updates.released(task)) {
                    fail(task);
                    return;
                }
                trainings.incrementAndGet();
                TaskPrivacy privacy = TaskPrivacy.of(description);
                updates.keep(
                        task,
                        () -> privacy.leaving(Map.of("sample_num", (double) samples(), "loss", 1.0 + index)),
                        task.getKind() == TaskKind.TASK_KIND_TRAIN
                                ? Optional.of(place -> moved(place, description, privacy))
                                : Optional.empty());
                maskers.begin(
                        RunTaskRequest.newBuilder()
                                .setDescription(description)
                                .setWorkspace(workspace.toString())
                                .build(),
                        this::deliver,
                        () -> {});
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }

        private TaskDescription describe(TaskRef task) {
            while (true) {
                ManagedChannel channel = Channels.open(coordinator.get());
                try {
                    return TaskServiceGrpc.newBlockingStub(channel).describeTask(task);
                } catch (RuntimeException failed) {
                    if (GrpcFaults.from(failed).fault() != Fault.UNAVAILABLE) {
                        throw failed;
                    }
                    Thread.yield();
                } finally {
                    channel.shutdownNow();
                }
            }
        }

        private UpdateFile moved(Path place, TaskDescription description, TaskPrivacy privacy) {
            Path file = place.resolve(UpdateFile.NAME);
            List<TensorSpec> specs = description.getTensorsList().stream()
                    .map(rule -> new TensorSpec(
                            rule.getName(), DType.F32, List.copyOf(rule.getShapeList()), TensorKind.TRAINABLE))
                    .toList();
            try (SafetensorsDraft draft = SafetensorsDraft.create(file, specs, Map.of())) {
                TensorSet tensors = draft.tensors();
                tensors.tensors().forEach(tensor -> {
                    for (long i = 0; i < tensor.spec().elements(); i++) {
                        tensor.data().set(ValueLayout.JAVA_FLOAT_UNALIGNED, 4 * i, (float) shift());
                    }
                });
                privacy.protection().protect(tensors);
                draft.commit();
            }
            return UpdateFile.of(file);
        }

        private void fail(TaskRef task) {
            send(
                    ResultHeader.newBuilder()
                            .setTask(task)
                            .setFailure(FaultDetail.newBuilder()
                                    .setCode("TASK_REFUSED")
                                    .setMessage("shares were released"))
                            .build(),
                    FrameSource.empty());
        }

        private void deliver(TaskEndedRequest masked) {
            try {
                FrameSource source = FrameSource.file(Path.of(masked.getUpdateFile()));
                send(
                        ResultHeader.newBuilder()
                                .setTask(tokens.get(key(masked.getTask())))
                                .setSize(source.size())
                                .setSha256(masked.getUpdateSha256())
                                .setBaseDigest(describe(tokens.get(key(masked.getTask())))
                                        .getBaseDigest())
                                .setMaskingSession(masked.getMaskingSession())
                                .build(),
                        source);
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }

        private void send(ResultHeader header, FrameSource source) {
            threads.execute(() -> {
                ManagedChannel channel = Channels.open(coordinator.get());
                CompletableFuture<Receipt> receipt = new CompletableFuture<>();
                ClientCalls.asyncClientStreamingCall(
                        channel.newCall(TransferMethods.submitResult(), CallOptions.DEFAULT),
                        new ClientResponseObserver<Frame, Receipt>() {
                            @Override
                            public void beforeStart(ClientCallStreamObserver<Frame> call) {
                                FrameSender.submit(call, header.toByteArray(), source, 0);
                            }

                            @Override
                            public void onNext(Receipt answer) {
                                receipt.complete(answer);
                            }

                            @Override
                            public void onError(Throwable failure) {
                                receipt.complete(Receipt.getDefaultInstance());
                            }

                            @Override
                            public void onCompleted() {
                                receipt.complete(Receipt.getDefaultInstance());
                            }
                        });
                receipt.join();
                channel.shutdownNow();
            });
        }

        @Override
        public byte[] identityKey() {
            return key.identity().identityKey();
        }

        @Override
        public byte[] certificate() {
            return new byte[0];
        }

        @Override
        public byte[] sign(byte[] message) {
            return key.signMasking(message);
        }

        @Override
        public Stream open(TaskRef task, Listener to) {
            MaskingStreams streams = new MaskingStreams(
                    "executor",
                    new TaskManagerLink.Dialling(() -> "127.0.0.1:" + relay.getPort(), Channels::open),
                    timers,
                    threads,
                    () -> new Backoff(Duration.ofMillis(20), Duration.ofMillis(200), new Random(index)));
            AtomicReference<Stream> stream = new AtomicReference<>();
            stream.set(streams.open(task, new Listener() {
                @Override
                public void opened() {
                    to.opened();
                }

                @Override
                public void heard(MaskingDown word) {
                    if (word.hasRequest() && !dead) {
                        MaskingStage stage = word.getRequest().getStage();
                        note(word.getRequest());
                        if (diesAt.equals(Optional.of(stage)) || dying.test(stage, Client.this)) {
                            die(task);
                            return;
                        }
                        if (!beforeStage.test(stage)) {
                            return;
                        }
                    }
                    if (!dead) {
                        to.heard(word);
                    }
                }

                @Override
                public void stale(FaultException why) {
                    to.stale(why);
                }
            }));
            return new Stream() {
                @Override
                public void say(MaskingUp word) {
                    if (!dead) {
                        stream.get().say(word);
                    }
                }

                @Override
                public void close() {
                    stream.get().close();
                }
            };
        }

        private void note(MaskingMessage request) {
            if (request.getStage() == MaskingStage.MASKING_STAGE_KEYS && opening.getGroupCount() == 0) {
                try {
                    opening = MaskingOpening.parseFrom(request.getContent());
                } catch (InvalidProtocolBufferException malformed) {
                    throw new UncheckedIOException(malformed);
                }
            }
        }

        private void die(TaskRef task) {
            dead = true;
            maskers.close();
            listener.accept(LeaseEvent.newBuilder()
                    .setChange(LeaseEvent.Change.LOST)
                    .setTask(task)
                    .build());
        }
    }
}
