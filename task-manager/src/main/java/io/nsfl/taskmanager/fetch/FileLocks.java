package io.nsfl.taskmanager.fetch;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/** A lock for each file by its name, there only while somebody holds it or waits for it. Safe from any thread. */
final class FileLocks {
    private final ConcurrentHashMap<String, Counted> locks = new ConcurrentHashMap<>();

    /** A lock, and how many hold it or wait for it. */
    private record Counted(ReentrantLock lock, int users) {}

    /** Gives the lock back. */
    interface Held extends AutoCloseable {
        @Override
        void close();
    }

    /** Waits until nobody else holds the lock of this file. The thread that holds it may take it again. */
    Held take(String file) throws InterruptedException {
        ReentrantLock lock = locks.compute(
                        file,
                        (name, present) -> present == null
                                ? new Counted(new ReentrantLock(), 1)
                                : new Counted(present.lock(), present.users() + 1))
                .lock();
        try {
            lock.lockInterruptibly();
        } catch (InterruptedException interrupted) {
            leave(file);
            throw interrupted;
        }
        return () -> {
            lock.unlock();
            leave(file);
        };
    }

    /** How many files somebody holds or waits for. */
    int size() {
        return locks.size();
    }

    private void leave(String file) {
        locks.computeIfPresent(
                file,
                (name, present) -> present.users() == 1 ? null : new Counted(present.lock(), present.users() - 1));
    }
}
