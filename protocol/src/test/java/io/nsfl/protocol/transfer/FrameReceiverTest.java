package io.nsfl.protocol.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32C;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FrameReceiverTest {
    private static final byte[] HEADER = "header".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] WHOLE = "0123456789".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    Path directory;

    private Path file;
    private final AtomicInteger released = new AtomicInteger();

    @BeforeEach
    void placeFile() {
        file = directory.resolve("received");
    }

    @Test
    void fillsTheFileAndDigestsIt() throws Exception {
        try (FrameReceiver receiver = receiver(0, 10)) {
            receiver.accept(header());
            receiver.accept(data(0, 4));
            receiver.accept(data(4, 10));

            FileSink sink = receiver.complete();

            assertThat(sink.sha256()).isEqualTo(sha256(WHOLE));
            assertThat(file).hasBinaryContent(WHOLE);
            assertThat(released).hasValue(3);
        }
    }

    @Test
    void takesDataInTheFrameOfTheHeader() {
        try (FrameReceiver receiver = receiver(0, 10)) {
            Frame data = data(0, 10);
            receiver.accept(new Frame(HEADER, 0, data.crc32c(), data.data(), data.release()));

            assertThat(receiver.complete().full()).isTrue();
        }
    }

    @Test
    void goesOnWhereAnEarlierTransferEnded() throws Exception {
        Files.writeString(file, "0123xxxx");
        try (FrameReceiver receiver = receiver(4, 10)) {
            receiver.accept(header());
            assertThat(receiver.position()).isEqualTo(4);
            receiver.accept(data(4, 10));

            assertThat(receiver.complete().sha256()).isEqualTo(sha256(WHOLE));
            assertThat(file).hasBinaryContent(WHOLE);
        }
    }

    @Test
    void refusesToGoOnFromBytesItDoesNotHold() throws IOException {
        Files.writeString(file, "012");
        try (FrameReceiver receiver = receiver(4, 10)) {
            fails(Fault.STORAGE_UNAVAILABLE, () -> receiver.accept(header()));
        }
    }

    @Test
    void refusesAFrameWhoseChecksumDoesNotFitAndKeepsWhatCameBefore() {
        try (FrameReceiver receiver = receiver(0, 10)) {
            receiver.accept(header());
            receiver.accept(data(0, 4));
            Frame good = data(4, 10);

            fails(
                    Fault.TRANSFER_CORRUPT,
                    () -> receiver.accept(new Frame(new byte[0], 4, good.crc32c() ^ 1, good.data(), good.release())));
            assertThat(receiver.position()).isEqualTo(4);
            assertThat(released).hasValue(3);
        }
        assertThat(file).hasContent("0123");
    }

    @Test
    void refusesAFrameOutOfOrder() {
        try (FrameReceiver receiver = receiver(0, 10)) {
            receiver.accept(header());
            receiver.accept(data(0, 4));

            fails(Fault.TRANSFER_CORRUPT, () -> receiver.accept(data(5, 10)));
            fails(Fault.TRANSFER_CORRUPT, () -> receiver.accept(data(0, 4)));
        }
    }

    @Test
    void refusesMoreBytesThanWereAnnouncedAndWritesNoneOfThem() {
        try (FrameReceiver receiver = receiver(0, 6)) {
            receiver.accept(header());
            receiver.accept(data(0, 4));

            fails(Fault.REQUEST_TOO_LARGE, () -> receiver.accept(data(4, 7)));
        }
        assertThat(file).hasContent("0123");
    }

    @Test
    void refusesAStreamWithoutAHeaderOrWithTwo() {
        try (FrameReceiver receiver = receiver(0, 10)) {
            fails(Fault.TRANSFER_CORRUPT, () -> receiver.accept(data(0, 4)));
            receiver.accept(header());
            fails(Fault.TRANSFER_CORRUPT, () -> receiver.accept(header()));
        }
    }

    @Test
    void refusesAStreamThatEndsTooEarly() {
        try (FrameReceiver receiver = receiver(0, 10)) {
            fails(Fault.TRANSFER_CORRUPT, receiver::complete);
            receiver.accept(header());
            receiver.accept(data(0, 9));
            fails(Fault.TRANSFER_CORRUPT, receiver::complete);
        }
    }

    @Test
    void passesOnTheRefusalOfAHeaderAndGivesTheBufferBack() {
        try (FrameReceiver receiver = new FrameReceiver(header -> {
            throw new FaultException(Fault.TOKEN_INVALID, "not yours");
        })) {
            fails(Fault.TOKEN_INVALID, () -> receiver.accept(header()));
            assertThat(released).hasValue(1);
        }
    }

    private FrameReceiver receiver(long offset, long size) {
        return new FrameReceiver(header -> {
            assertThat(header).isEqualTo(HEADER);
            return FileSink.open(file, offset, size);
        });
    }

    private Frame header() {
        return new Frame(HEADER, 0, 0, ByteBuffer.allocate(0), released::incrementAndGet);
    }

    private Frame data(int from, int to) {
        byte[] part = Arrays.copyOfRange(WHOLE, from, to);
        CRC32C crc = new CRC32C();
        crc.update(part);
        return new Frame(new byte[0], from, (int) crc.getValue(), ByteBuffer.wrap(part), released::incrementAndGet);
    }

    private static void fails(Fault fault, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        FaultException.class,
                        refusal -> assertThat(refusal.fault()).isEqualTo(fault));
    }

    private static byte[] sha256(byte[] bytes) throws Exception {
        return MessageDigest.getInstance("SHA-256").digest(bytes);
    }
}
