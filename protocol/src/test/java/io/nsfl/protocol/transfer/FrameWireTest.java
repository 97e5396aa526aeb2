package io.nsfl.protocol.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.Chunk;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class FrameWireTest {
    private final FrameMarshaller marshaller = new FrameMarshaller();

    @Property
    void writesTheBytesOfTheGeneratedMessage(
            @ForAll @Size(max = 300) byte[] header,
            @ForAll @LongRange(min = 0) long offset,
            @ForAll int crc32c,
            @ForAll @Size(max = 3000) byte[] data,
            @ForAll boolean direct,
            @ForAll boolean drained)
            throws IOException {
        Frame frame = new Frame(header, offset, crc32c, buffer(data, direct), () -> {});

        byte[] written = bytes(marshaller.stream(frame), drained);

        assertThat(written).isEqualTo(chunk(header, offset, crc32c, data).toByteArray());
    }

    @Property
    void readsTheBytesOfTheGeneratedMessage(
            @ForAll @Size(max = 300) byte[] header,
            @ForAll @LongRange(min = 0) long offset,
            @ForAll int crc32c,
            @ForAll @Size(max = 3000) byte[] data) {
        Frame frame = parse(chunk(header, offset, crc32c, data).toByteArray());

        assertThat(frame.header()).isEqualTo(header);
        assertThat(frame.offset()).isEqualTo(offset);
        assertThat(frame.crc32c()).isEqualTo(crc32c);
        assertThat(bytes(frame.data())).isEqualTo(data);
    }

    @Property
    void answersAnyBytesWithAFrameOrAFault(@ForAll @Size(max = 200) byte[] message) {
        Throwable thrown = catchThrowable(() -> parse(message));

        if (thrown != null) {
            assertThat(thrown)
                    .isInstanceOfSatisfying(
                            FaultException.class,
                            refusal -> assertThat(refusal.fault()).isEqualTo(Fault.TRANSFER_CORRUPT));
        }
    }

    @Property
    void refusesAMessageThatIsCutWithinAField(
            @ForAll @Size(min = 1, max = 200) byte[] data, @ForAll @LongRange(min = 1, max = 100) long missing)
            throws InvalidProtocolBufferException {
        byte[] whole = chunk(new byte[0], 0, 0, data).toByteArray();
        byte[] cut = java.util.Arrays.copyOf(whole, Math.max(1, whole.length - (int) missing));

        assertThatThrownBy(() -> parse(cut)).isInstanceOf(FaultException.class);
    }

    @Test
    void readsAndWritesTheLargestFrame() throws IOException {
        byte[] data = new byte[Frame.MAX_DATA];
        data[data.length - 1] = 7;
        byte[] wire = bytes(marshaller.stream(new Frame(new byte[0], 5, 6, buffer(data, true), () -> {})), true);

        Frame frame = parse(wire);

        assertThat(bytes(frame.data())).isEqualTo(data);
        assertThat(Chunk.parseFrom(wire).getData().toByteArray()).isEqualTo(data);
        frame.release().run();
    }

    @Test
    void refusesDataBeyondTheBoundBeforeAllocatingIt() throws IOException {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(message);
        out.writeTag(Chunk.DATA_FIELD_NUMBER, 2);
        out.writeUInt32NoTag(Integer.MAX_VALUE);
        out.flush();

        assertThatThrownBy(() -> parse(message.toByteArray()))
                .isInstanceOf(FaultException.class)
                .hasMessageContaining("at most " + Frame.MAX_DATA);
    }

    @Test
    void refusesAHeaderBeyondTheBound() {
        byte[] wire = chunk(new byte[Frame.MAX_HEADER + 1], 0, 0, new byte[0]).toByteArray();

        assertThatThrownBy(() -> parse(wire)).isInstanceOf(FaultException.class).hasMessageContaining("header");
    }

    @Test
    void refusesAFieldThatIsGivenTwice() throws IOException {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        message.write(chunk(new byte[0], 0, 0, new byte[] {1}).toByteArray());
        message.write(chunk(new byte[0], 0, 0, new byte[] {2}).toByteArray());

        assertThatThrownBy(() -> parse(message.toByteArray()))
                .isInstanceOf(FaultException.class)
                .hasMessageContaining("twice");
    }

    @Test
    void skipsFieldsThatItDoesNotKnow() throws IOException {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(message);
        out.writeString(100, "new");
        out.writeInt64(101, -1);
        out.writeFixed32(102, 1);
        out.writeFixed64(103, 1);
        out.flush();
        message.write(chunk(new byte[0], 9, 0, new byte[] {1}).toByteArray());

        assertThat(parse(message.toByteArray()).offset()).isEqualTo(9);
    }

    @Test
    void givesTheBufferBackWhenTheMessageIsWritten() throws IOException {
        AtomicInteger released = new AtomicInteger();
        Frame frame = new Frame(new byte[0], 0, 0, buffer(new byte[100], true), released::incrementAndGet);

        bytes(marshaller.stream(frame), true);

        assertThat(released).hasPositiveValue();
    }

    @Test
    void reusesABufferOnlyAfterItWasGivenBack() {
        byte[] wire = chunk(new byte[0], 0, 0, new byte[FrameBuffers.SMALL + 1]).toByteArray();
        Frame first = parse(wire);
        Frame second = parse(wire);
        first.data().put(0, (byte) 1);

        assertThat(second.data().get(0)).isZero();
        first.release().run();
        first.release().run();
        Frame third = parse(wire);
        Frame fourth = parse(wire);
        third.data().put(0, (byte) 3);

        assertThat(fourth.data().get(0)).isZero();
    }

    private Frame parse(byte[] wire) {
        return marshaller.parse(new ByteArrayInputStream(wire));
    }

    private static Chunk chunk(byte[] header, long offset, int crc32c, byte[] data) {
        return Chunk.newBuilder()
                .setHeader(ByteString.copyFrom(header))
                .setOffset(offset)
                .setCrc32C(crc32c)
                .setData(ByteString.copyFrom(data))
                .build();
    }

    private static ByteBuffer buffer(byte[] data, boolean direct) {
        return direct ? ByteBuffer.allocateDirect(data.length).put(data).flip() : ByteBuffer.wrap(data);
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    /** As gRPC does it: the length first, then drained, or read where a transport does not drain. */
    private static byte[] bytes(InputStream stream, boolean drained) throws IOException {
        assertThat(stream).isInstanceOf(KnownLength.class);
        int announced = stream.available();
        byte[] bytes;
        if (drained) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            assertThat(((Drainable) stream).drainTo(out)).isEqualTo(announced);
            bytes = out.toByteArray();
        } else {
            bytes = stream.readAllBytes();
        }
        assertThat(bytes).hasSize(announced);
        return bytes;
    }
}
