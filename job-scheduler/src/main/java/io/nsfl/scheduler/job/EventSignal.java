package io.nsfl.scheduler.job;

import io.nsfl.protocol.ids.JobKey;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Lets threads wait until a job's events have grown. */
public final class EventSignal {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition raised = lock.newCondition();
    private final Map<JobKey, AtomicLong> counts = new ConcurrentHashMap<>();

    /** Taken before reading, so that what is written after the read is not missed. */
    public long count(JobKey key) {
        return counts.computeIfAbsent(key, absent -> new AtomicLong()).get();
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
        counts.keySet().forEach(this::raise);
    }

    void raise(JobKey key) {
        lock.lock();
        try {
            counts.computeIfAbsent(key, absent -> new AtomicLong()).incrementAndGet();
            raised.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
