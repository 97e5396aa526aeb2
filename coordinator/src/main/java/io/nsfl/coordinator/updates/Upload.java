package io.nsfl.coordinator.updates;

import io.nsfl.coordinator.round.Rejection;
import io.nsfl.coordinator.round.StagedResult;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.transfer.FileSink;
import io.nsfl.protocol.transfer.Frame;
import io.nsfl.protocol.transfer.FrameReceiver;
import io.nsfl.protocol.v1.Receipt;
import io.nsfl.protocol.v1.ResultHeader;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * An update on its way in: first received, then decided about. While it is received a later stream for the same work may take over (the
 * client reconnected, and this stream does not know yet that it is dead); from then on every frame of this one is refused.
 */
final class Upload {
    private final ResultHeader header;
    private final UpdateInspection inspection;
    private final StageArea stage;
    private final UploadBudget.Reservation room;
    private final FrameReceiver receiver;
    private final CompletableFuture<Receipt> decision = new CompletableFuture<>();
    private boolean receiving = true;

    Upload(ResultHeader header, UpdateInspection inspection, StageArea stage, UploadBudget.Reservation room) {
        this.header = header;
        this.inspection = inspection;
        this.stage = stage;
        this.room = room;
        Path file = stage.file(key());
        this.receiver = new FrameReceiver(bytes -> FileSink.open(file, header.getOffset(), header.getSize()));
    }

    UploadKey key() {
        return UploadKey.of(header.getTask(), header.getMaskingSession());
    }

    ResultHeader header() {
        return header;
    }

    /** The verified bytes as what they are: the update, and what follows it. Says why if they are none. */
    Optional<Rejection> inspect() {
        separateResultFiles();
        return inspection.update(stage.file(key()), plain());
    }

    StagedResult staged() {
        Optional<Path> resultFiles =
                header.getResultFilesSize() > 0 ? Optional.of(stage.resultFiles(key())) : Optional.empty();
        return new StagedResult(header.getTask(), header, Optional.of(plain()), resultFiles);
    }

    private Path plain() {
        return inspection.decodedBytes() > 0 ? stage.decoded(key()) : stage.file(key());
    }

    private void separateResultFiles() {
        long length = header.getResultFilesSize();
        if (length == 0) {
            return;
        }
        long at = header.getSize() - length;
        try (FileChannel whole =
                        FileChannel.open(stage.file(key()), StandardOpenOption.READ, StandardOpenOption.WRITE);
                FileChannel tail = FileChannel.open(
                        stage.resultFiles(key()),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            for (long copied = 0; copied < length; ) {
                copied += whole.transferTo(at + copied, length - copied, tail);
            }
            whole.truncate(at);
        } catch (IOException failed) {
            throw new FaultException(
                    Fault.STORAGE_UNAVAILABLE,
                    "The coordinator cannot use its local directory for results: " + failed.getMessage() + ".",
                    failed);
        }
    }

    /** Completes with the desk's word once the update was received whole. */
    CompletableFuture<Receipt> decision() {
        return decision;
    }

    synchronized boolean receiving() {
        return receiving;
    }

    /** Whether another delivery is this same result. */
    boolean sameAs(ResultHeader other) {
        return header.getResultDigest().equals(other.getResultDigest());
    }

    synchronized void accept(Frame frame) {
        if (!receiving) {
            frame.release().run();
            throw takenOver();
        }
        receiver.accept(frame);
    }

    /**
     * All frames came: checks the digest over the whole and ends the receiving.
     *
     * @return false if the bytes are not those that the header promised
     */
    synchronized boolean complete() {
        if (!receiving) {
            throw takenOver();
        }
        byte[] actual = receiver.complete().sha256();
        receiving = false;
        receiver.close();
        return Arrays.equals(actual, header.getSha256().toByteArray());
    }

    /** Stops receiving and keeps what came for another try. */
    synchronized void interrupt() {
        if (receiving) {
            receiving = false;
            receiver.close();
            room.close();
        }
    }

    /** Gives the room back after the decision, or where there is none to come. */
    void finish() {
        room.close();
    }

    private static FaultException takenOver() {
        return new FaultException(
                Fault.UNAVAILABLE,
                "A later stream delivers this result; this one is not read any more.",
                Duration.ZERO,
                null);
    }
}
