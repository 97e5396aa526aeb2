package io.nsfl.scheduler.job;

import io.nsfl.protocol.ids.JobKey;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Lets threads wait until a job's events have grown. */
public final class EventSignal {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition raised = lock.newCondition();
    /** Jobs share them, so that nothing is kept of jobs that are gone; who shares one is woken once too often. */
    private final AtomicLongArray counts = new AtomicLongArray(1 << 10);

    /** Taken before reading, so that what is written after the read is not missed. */
    public long count(JobKey key) {
        return counts.get(place(key));
    }

    /** Returns when the count is another than {@code seen}, or after the time. */
    public void await(JobKey key, long seen, Duration most) throws InterruptedException {
        lock.lock();
        try {
            long left = most.toNanos();
            while (count(key) == seen && left > 0) {
                left = raised.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Wakes everybody. */
    public void raiseAll() {
        lock.lock();
        try {
            for (int place = 0; place < counts.length(); place++) {
                counts.incrementAndGet(place);
            }
            raised.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void raise(JobKey key) {
        lock.lock();
        try {
            counts.incrementAndGet(place(key));
            raised.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private int place(JobKey key) {
        return Math.floorMod(key.hashCode(), counts.length());
    }
}
