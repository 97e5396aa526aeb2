package io.nsfl.benchmarks.load;

import com.google.protobuf.ByteString;
import io.grpc.Channel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.ClientKey;
import io.nsfl.protocol.ids.Runtime;
import io.nsfl.protocol.v1.Assignment;
import io.nsfl.protocol.v1.Beat;
import io.nsfl.protocol.v1.ClientEvent;
import io.nsfl.protocol.v1.ClientServiceGrpc;
import io.nsfl.protocol.v1.Quit;
import io.nsfl.protocol.v1.Receipt;
import io.nsfl.protocol.v1.Register;
import io.nsfl.protocol.v1.Report;
import io.nsfl.protocol.v1.Resources;
import io.nsfl.protocol.v1.ServerEvent;
import io.nsfl.protocol.v1.TaskDirective;
import io.nsfl.protocol.v1.TaskPhase;
import io.nsfl.protocol.v1.TaskRef;
import io.nsfl.protocol.v1.TaskStatus;
import io.nsfl.servicekit.fault.GrpcFaults;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/** One client: its stream to the selector and the tasks it is given. A broken stream is a failure of the measurement. */
final class LoadClient implements ClientResponseObserver<ClientEvent, ServerEvent> {
    private static final Resources CAPACITY =
            Resources.newBuilder().setCpu(1).setMemoryMb(1024).build();

    private final String name;
    private final ClientKey key;
    private final LoadClients clients;
    private final ExecutorService threads;
    private final CompletableFuture<Void> registered = new CompletableFuture<>();
    private final Set<ByteString> held = ConcurrentHashMap.newKeySet();
    private final Map<TaskRef, Future<?>> tasks = new ConcurrentHashMap<>();
    private ClientCallStreamObserver<ClientEvent> up;
    private boolean over;

    LoadClient(String name, ClientKey key, LoadClients clients, ExecutorService threads) {
        this.name = name;
        this.key = key;
        this.clients = clients;
        this.threads = threads;
    }

    /** Completes when the selector knows it. */
    CompletableFuture<Void> connect(Channel selector) {
        ClientServiceGrpc.newStub(selector).connect(this);
        return registered;
    }

    void beat() {
        send(ClientEvent.newBuilder().setBeat(Beat.getDefaultInstance()).build());
    }

    void report(boolean takesTasks) {
        Report.Builder report = Report.newBuilder().setFree(CAPACITY).setAcceptsTasks(takesTasks);
        if (!takesTasks) {
            report.setReason("waits for the measurement to begin");
        }
        send(ClientEvent.newBuilder().setReport(report).build());
    }

    synchronized void quit() {
        send(ClientEvent.newBuilder()
                .setQuit(Quit.newBuilder().setReason("the measurement is over"))
                .build());
        if (!over) {
            over = true;
            up.onCompleted();
        }
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<ClientEvent> started) {
        up = started;
    }

    @Override
    public void onNext(ServerEvent event) {
        switch (event.getEventCase()) {
            case CHALLENGE -> register(event.getChallenge().getNonce().toByteArray());
            case REGISTERED -> {
                report(true);
                registered.complete(null);
            }
            case ASSIGNMENT -> assigned(event.getAssignment());
            case CANCEL -> cancelled(event.getCancel().getTask());
            case DIRECTIVE, BEAT, EVENT_NOT_SET -> {
                // Beats come regularly, whatever happens; reports only when something changed.
            }
        }
    }

    private void register(byte[] nonce) {
        send(ClientEvent.newBuilder()
                .setRegister(Register.newBuilder()
                        .setIdentityKey(ByteString.copyFrom(key.identity().identityKey()))
                        .setSignature(ByteString.copyFrom(key.signRegister(nonce)))
                        .setName(name)
                        .setAddress("0.0.0.0:0")
                        .setPlatform("linux")
                        .setOs("load")
                        .addRuntimes(Runtime.PYTORCH.canonicalName())
                        .setCapacity(CAPACITY)
                        .setMaxTaskParallelism(1)
                        .setRegistration(true)
                        .setVersion("bench"))
                .build());
    }

    private void assigned(Assignment assignment) {
        status(assignment.getTask(), TaskPhase.TASK_PHASE_ACCEPTED);
        tasks.computeIfAbsent(assignment.getTask(), task -> threads.submit(() -> play(assignment)));
    }

    private void cancelled(TaskRef task) {
        Future<?> running = tasks.get(task);
        if (running != null) {
            running.cancel(true);
        }
        status(task, TaskPhase.TASK_PHASE_DROPPED);
    }

    private void play(Assignment assignment) {
        TaskRef task = assignment.getTask();
        status(task, TaskPhase.TASK_PHASE_RUNNING);
        try {
            LoadTask course = new LoadTask(assignment, clients.coordinator(assignment, this), clients.update(), held);
            TaskDirective.Order settled = course.run(receipt -> delivered(task, receipt));
            clients.settled(settled);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (FaultException failed) {
            clients.failed(name + ", round " + task.getRound() + ": " + failed.fault() + " " + failed.getMessage());
            status(task, TaskPhase.TASK_PHASE_DROPPED);
        }
    }

    private void delivered(TaskRef task, Receipt receipt) {
        if (receipt.getVerdict() == Receipt.Verdict.REJECTED) {
            clients.failed(name + ", round " + task.getRound() + ": rejected, "
                    + receipt.getFault().getMessage());
        }
        status(task, TaskPhase.TASK_PHASE_DELIVERED);
    }

    private void status(TaskRef task, TaskPhase phase) {
        send(ClientEvent.newBuilder()
                .setTaskStatus(TaskStatus.newBuilder().setTask(task).setPhase(phase))
                .build());
    }

    private synchronized void send(ClientEvent event) {
        if (!over) {
            up.onNext(event);
        }
    }

    private synchronized boolean ended() {
        boolean expected = over;
        over = true;
        return expected;
    }

    @Override
    public void onError(Throwable failure) {
        String reason = GrpcFaults.from(failure).getMessage();
        if (!ended()) {
            clients.failed(name + " lost the selector: " + reason);
        }
        registered.completeExceptionally(failure);
    }

    @Override
    public void onCompleted() {
        if (!ended()) {
            clients.failed(name + ": the selector ended its stream");
        }
    }
}
