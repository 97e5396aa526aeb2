package io.nsfl.protocol.transfer;

import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Buffers that incoming frames are parsed into: large ones are direct memory of one frame's size and reused, small ones are ordinary
 * arrays. A buffer that is never given back is only lost to the pool; the collector takes it.
 */
final class FrameBuffers {
    /** Below this a fresh array costs less than keeping 1 MiB for it. */
    static final int SMALL = 64 << 10;

    /** Idle buffers kept for the next frame; in use there are as many as transfers run at the moment. */
    private static final int MAX_IDLE = 8;

    private static final ConcurrentLinkedQueue<ByteBuffer> IDLE = new ConcurrentLinkedQueue<>();
    private static final AtomicInteger IDLE_COUNT = new AtomicInteger();

    private FrameBuffers() {}

    /** A buffer and the way to give it back, which is idempotent. */
    record Lease(ByteBuffer buffer, Runnable release) {}

    /** @param size at most {@link Frame#MAX_DATA} */
    static Lease lease(int size) {
        if (size <= SMALL) {
            return new Lease(ByteBuffer.allocate(size), () -> {});
        }
        ByteBuffer idle = IDLE.poll();
        if (idle != null) {
            IDLE_COUNT.decrementAndGet();
        }
        ByteBuffer whole = idle == null ? ByteBuffer.allocateDirect(Frame.MAX_DATA) : idle;
        AtomicBoolean released = new AtomicBoolean();
        return new Lease(whole.slice(0, size), () -> {
            if (released.compareAndSet(false, true)) {
                giveBack(whole);
            }
        });
    }

    private static void giveBack(ByteBuffer whole) {
        if (IDLE_COUNT.incrementAndGet() <= MAX_IDLE) {
            IDLE.add(whole);
        } else {
            IDLE_COUNT.decrementAndGet();
        }
    }
}
