package io.nsfl.protocol.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.stub.ServerCallStreamObserver;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class FrameSenderTest {
    private static final int SIZE = 2 * Frame.MAX_DATA + 10;

    private final Call call = new Call();
    private final Source source = new Source(SIZE);

    @Test
    void sendsTheHeaderThenEveryByteThenEndsTheStream() {
        call.ready = Integer.MAX_VALUE;
        FrameSender sender = FrameSender.serve(call, new byte[] {1}, source, 0);

        call.drainAll();

        assertThat(call.sent).containsExactly("header", "0+1048576", "1048576+1048576", "2097152+10", "completed");
        assertThat(sender.sent().toCompletableFuture()).isCompletedWithValue((long) SIZE);
        assertThat(source.closed).isTrue();
    }

    @Test
    void beginsAtAnOffset() {
        call.ready = Integer.MAX_VALUE;
        FrameSender.serve(call, new byte[] {1}, source, SIZE - 3);

        call.drainAll();

        assertThat(call.sent).containsExactly("header", (SIZE - 3) + "+3", "completed");
    }

    @Test
    void sendsOnlyTheHeaderWhenThereIsNoData() {
        call.ready = Integer.MAX_VALUE;
        FrameSender.serve(call, new byte[] {1}, FrameSource.empty(), 0);

        call.drainAll();

        assertThat(call.sent).containsExactly("header", "completed");
    }

    @Test
    void waitsForASlowReceiver() {
        call.ready = 2;
        FrameSender sender = FrameSender.serve(call, new byte[] {1}, source, 0);
        call.drainAll();
        assertThat(call.sent).containsExactly("header", "0+1048576");
        assertThat(sender.position()).isEqualTo(Frame.MAX_DATA);

        call.ready = 1;
        call.onReady.run();
        call.drainAll();

        assertThat(call.sent).hasSize(3);
    }

    @Test
    void doesNotTouchTheBufferBeforeTheFrameHasLeftIt() {
        call.ready = Integer.MAX_VALUE;
        FrameSender.serve(call, new byte[] {1}, source, 0);
        call.drainOne();

        assertThat(source.reads).isEqualTo(1);
        call.onReady.run();
        assertThat(source.reads).isEqualTo(1);
        call.drainOne();
        assertThat(source.reads).isEqualTo(2);
    }

    @Test
    void closesTheSourceWhenTheCallerCancels() {
        call.ready = 2;
        FrameSender sender = FrameSender.serve(call, new byte[] {1}, source, 0);
        call.drainAll();

        call.onCancel.run();
        call.ready = Integer.MAX_VALUE;
        call.onReady.run();

        assertThat(source.closed).isTrue();
        assertThat(call.sent).hasSize(2);
        assertThat(sender.sent().toCompletableFuture()).isCompletedExceptionally();
    }

    @Test
    void endsTheStreamWithAFaultWhenTheSourceCannotBeRead() {
        call.ready = Integer.MAX_VALUE;
        source.failAt = Frame.MAX_DATA;
        FrameSender.serve(call, new byte[] {1}, source, 0);

        call.drainAll();

        assertThat(call.sent).containsExactly("header", "0+1048576", "error STORAGE_UNAVAILABLE");
        assertThat(source.closed).isTrue();
    }

    @Test
    void refusesAnOffsetOutsideTheSourceAndClosesIt() {
        assertThatThrownBy(() -> FrameSender.serve(call, new byte[] {1}, source, SIZE + 1L))
                .isInstanceOfSatisfying(
                        FaultException.class,
                        refusal -> assertThat(refusal.fault()).isEqualTo(Fault.REQUEST_INVALID));
        assertThat(source.closed).isTrue();
    }

    @Test
    void sendsMemoryAsItLies() {
        call.ready = Integer.MAX_VALUE;
        FrameSender.serve(call, new byte[] {1}, FrameSource.memory(MemorySegment.ofArray(new byte[] {1, 2, 3})), 1);

        call.drainAll();

        assertThat(call.sent).containsExactly("header", "1+2", "completed");
    }

    /** A source that fills one buffer, as a file does. */
    private static final class Source implements FrameSource {
        private final long size;
        private final ByteBuffer buffer = ByteBuffer.allocate(Frame.MAX_DATA);
        private long failAt = Long.MAX_VALUE;
        private int reads;
        private boolean closed;

        Source(long size) {
            this.size = size;
        }

        @Override
        public long size() {
            return size;
        }

        @Override
        public ByteBuffer frame(long position, int length) throws IOException {
            reads++;
            if (position >= failAt) {
                throw new IOException("bad sector");
            }
            buffer.clear();
            for (int i = 0; i < length; i++) {
                buffer.put((byte) (position + i));
            }
            return buffer.flip();
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    /** A call that keeps messages until the test drains them, as a transport under load does. */
    private static final class Call extends ServerCallStreamObserver<Frame> {
        private final List<String> sent = new ArrayList<>();
        private final Deque<Frame> held = new ArrayDeque<>();
        private int ready;
        private Runnable onReady;
        private Runnable onCancel;

        void drainOne() {
            Frame frame = held.remove();
            if (frame.header().length > 0) {
                sent.add("header");
            } else {
                CRC32C crc = new CRC32C();
                crc.update(frame.data().duplicate());
                assertThat((int) crc.getValue()).isEqualTo(frame.crc32c());
                sent.add(frame.offset() + "+" + frame.data().remaining());
            }
            frame.release().run();
            frame.release().run();
        }

        void drainAll() {
            while (!held.isEmpty()) {
                drainOne();
            }
        }

        @Override
        public boolean isReady() {
            return ready > 0;
        }

        @Override
        public void onNext(Frame frame) {
            ready--;
            held.add(frame);
        }

        @Override
        public void onCompleted() {
            sent.add("completed");
        }

        @Override
        public void onError(Throwable error) {
            sent.add("error " + ((FaultException) error).fault());
        }

        @Override
        public void setOnReadyHandler(Runnable handler) {
            onReady = handler;
        }

        @Override
        public void setOnCancelHandler(Runnable handler) {
            onCancel = handler;
        }

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public void setCompression(String compression) {}

        @Override
        public void disableAutoInboundFlowControl() {}

        @Override
        public void request(int count) {}

        @Override
        public void setMessageCompression(boolean enable) {}
    }
}
