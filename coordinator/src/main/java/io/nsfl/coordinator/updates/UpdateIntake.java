package io.nsfl.coordinator.updates;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.nsfl.coordinator.broadcast.ResultIntake;
import io.nsfl.coordinator.broadcast.TaskGate;
import io.nsfl.coordinator.round.OpenWork;
import io.nsfl.coordinator.round.Rejection;
import io.nsfl.coordinator.round.RoundDesk;
import io.nsfl.coordinator.round.StagedResult;
import io.nsfl.coordinator.round.WorkId;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.transfer.Frame;
import io.nsfl.protocol.v1.FaultDetail;
import io.nsfl.protocol.v1.Receipt;
import io.nsfl.protocol.v1.ResultHeader;
import io.nsfl.protocol.v1.TaskRef;
import io.nsfl.protocol.v1.UploadState;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The way of a result: received, verified, validated, offered.
 *
 * <p>What is offered was checked whole. The desk decides; its receipt is the answer, and repeating a result gives the same one. A
 * result for work that is over is answered SETTLED_DROPPED with UPDATE_TOO_LATE, whatever its kind: an update that arrives during an
 * evaluation is not taken for one, because the work it names is not the open one. Safe for many threads.
 */
public final class UpdateIntake implements ResultIntake {
    /** After which a client comes back that found the budget used up. */
    static final Duration BUSY = Duration.ofSeconds(1);

    private static final Receipt HELD =
            Receipt.newBuilder().setVerdict(Receipt.Verdict.HELD).build();

    private final TaskGate gate;
    private final RoundDesk desk;
    private final UpdateFormat format;
    private final StageArea stage;
    private final UploadBudget budget;
    private final Map<UploadKey, Upload> uploads = new ConcurrentHashMap<>();
    private final Map<UploadKey, Receipt> rejected = new ConcurrentHashMap<>();
    private final AtomicReference<WorkId> lastWork = new AtomicReference<>();

    public UpdateIntake(TaskGate gate, RoundDesk desk, UpdateFormat format, StageArea stage, UploadBudget budget) {
        this.gate = gate;
        this.desk = desk;
        this.format = format;
        this.stage = stage;
        this.budget = budget;
    }

    @Override
    public StreamObserver<Frame> receive(ServerCallStreamObserver<Receipt> response) {
        return new ResultStream(this, response);
    }

    @Override
    public UploadState held(TaskRef task) {
        gate.admit(task);
        return known(task)
                .map(receipt -> UploadState.newBuilder().setReceipt(receipt).build())
                .orElseGet(() ->
                        UploadState.newBuilder().setHeld(stage.held(key(task))).build());
    }

    /** Looks at the header, and says whether the bytes are wanted. */
    Reception receive(byte[] bytes) {
        ResultHeader header = ResultHeaders.read(bytes);
        TaskRef task = header.getTask();
        gate.admit(task);
        Optional<Receipt> known = known(task);
        if (known.isPresent()) {
            return answered(known.get());
        }
        if (header.hasFailure()) {
            return new Reception.Answered(desk.offer(new StagedResult(task, header, Optional.empty())));
        }
        OpenWork work = openFor(task);
        if (work.masked().isPresent() && header.getMaskingSession() != desk.maskingSession(WorkId.of(task))) {
            // There is nothing to do about the vector of a session that is not open until the work is settled: its
            // bytes are not taken.
            return answered(HELD);
        }
        UpdateInspection inspection = new UpdateInspection(work, format);
        sweep(WorkId.of(task));
        Optional<Rejection> rejection = inspection.header(header);
        if (rejection.isPresent()) {
            return new Reception.Answered(reject(header, rejection.get()));
        }
        return header.getSize() == 0
                ? new Reception.Answered(desk.offer(new StagedResult(task, header, Optional.empty())))
                : await(header, inspection);
    }

    /** All bytes of an update are there. */
    CompletionStage<Receipt> decide(Upload upload) {
        try {
            verify(upload);
            return validate(upload)
                    .map(rejection -> reject(upload.header(), rejection))
                    .orElseGet(() -> offer(upload))
                    .whenComplete((receipt, failure) -> settle(upload, receipt, failure));
        } catch (RuntimeException failed) {
            if (!upload.receiving()) {
                discard(upload);
            }
            throw failed;
        }
    }

    /** The stream broke: what came is kept, so that the client can go on from there. */
    void interrupt(Upload upload) {
        if (upload.receiving()) {
            upload.interrupt();
            uploads.remove(upload.key(), upload);
        }
    }

    private Reception await(ResultHeader header, UpdateInspection inspection) {
        UploadKey key = UploadKey.of(header.getTask(), header.getMaskingSession());
        Upload earlier = uploads.get(key);
        if (earlier != null && !earlier.receiving()) {
            return earlier.sameAs(header)
                    ? new Reception.Answered(earlier.decision())
                    : answered(another().receipt());
        }
        if (earlier != null) {
            interrupt(earlier);
        }
        requireHeld(key, header.getOffset());
        UploadBudget.Reservation room =
                budget.reserve(header.getSize() + inspection.decodedBytes()).orElseThrow(UpdateIntake::busy);
        Upload upload = new Upload(header, inspection, stage, room);
        if (uploads.putIfAbsent(key, upload) != null) {
            room.close();
            throw busy();
        }
        return new Reception.Awaited(upload);
    }

    /** The bytes are those that the client meant to send, or they are thrown away and it starts anew. */
    private void verify(Upload upload) {
        if (!upload.complete()) {
            throw new FaultException(
                    Fault.TRANSFER_CORRUPT,
                    "The update's bytes do not have the digest of its header; deliver it again from the start.",
                    Duration.ZERO,
                    null);
        }
    }

    private Optional<Rejection> validate(Upload upload) {
        return upload.inspect();
    }

    private CompletionStage<Receipt> offer(Upload upload) {
        return desk.offer(upload.staged());
    }

    private void settle(Upload upload, Receipt receipt, Throwable failure) {
        discard(upload);
        if (failure == null) {
            upload.decision().complete(receipt);
        } else {
            upload.decision().completeExceptionally(failure);
        }
    }

    private void discard(Upload upload) {
        try {
            stage.delete(upload.key());
        } finally {
            upload.finish();
            uploads.remove(upload.key(), upload);
        }
    }

    /** The round need not wait for this client any more; the client learns why. */
    private CompletionStage<Receipt> reject(ResultHeader header, Rejection rejection) {
        ResultHeader failed = header.toBuilder()
                .setFailure(FaultDetail.newBuilder()
                        .setCode(rejection.fault().name())
                        .setMessage(rejection.message()))
                .build();
        return desk.offer(new StagedResult(header.getTask(), failed, Optional.empty()))
                .thenApply(receipt -> {
                    rejected.put(UploadKey.of(header.getTask(), header.getMaskingSession()), rejection.receipt());
                    return rejection.receipt();
                });
    }

    /** What is known without looking at the result: it was decided before, or its work is over. */
    private Optional<Receipt> known(TaskRef task) {
        if (open(task).isPresent()) {
            return Optional.ofNullable(rejected.get(key(task))).or(() -> desk.decided(task));
        }
        return desk.decided(task).or(() -> late(task));
    }

    private UploadKey key(TaskRef task) {
        return UploadKey.of(task, desk.maskingSession(WorkId.of(task)));
    }

    private Optional<OpenWork> open(TaskRef task) {
        return desk.open(WorkId.of(task));
    }

    /** The work of a genuine task is not open: the desk knows whether it is over, or about to be opened. */
    private Optional<Receipt> late(TaskRef task) {
        try {
            desk.describe(task);
            return Optional.empty();
        } catch (FaultException refused) {
            if (refused.fault() != Fault.STALE) {
                throw refused;
            }
            return Optional.of(new Rejection(Fault.UPDATE_TOO_LATE, refused.getMessage()).receipt());
        }
    }

    private OpenWork openFor(TaskRef task) {
        return open(task)
                .orElseThrow(() -> new FaultException(
                        Fault.UNAVAILABLE,
                        "The coordinator is opening or closing round " + task.getRound() + "; ask again.",
                        BUSY,
                        null));
    }

    private void requireHeld(UploadKey key, long offset) {
        long held = stage.held(key);
        if (offset > held) {
            throw new FaultException(
                    Fault.TRANSFER_CORRUPT,
                    "The upload goes on at byte " + offset + " but " + held + " are held; ask for the upload's status.",
                    Duration.ZERO,
                    null);
        }
    }

    /** Once for each work that begins: what is left of works that are over goes. */
    private void sweep(WorkId work) {
        if (work.equals(lastWork.getAndSet(work))) {
            return;
        }
        Set<WorkId> wanted = new HashSet<>(desk.open());
        wanted.add(work);
        uploads.values().stream()
                .filter(upload -> !wanted.contains(upload.key().work()))
                .forEach(this::interrupt);
        rejected.keySet().removeIf(key -> !wanted.contains(key.work()));
        stage.keepOnly(wanted);
    }

    private static Reception answered(Receipt receipt) {
        return new Reception.Answered(CompletableFuture.completedFuture(receipt));
    }

    private static Rejection another() {
        return new Rejection(
                Fault.DUPLICATE, "Another result of this client for the same work is being decided about.");
    }

    private static FaultException busy() {
        return new FaultException(
                Fault.UPLOADS_BUSY, "The coordinator takes as many uploads as it has room for; come back.", BUSY, null);
    }
}
