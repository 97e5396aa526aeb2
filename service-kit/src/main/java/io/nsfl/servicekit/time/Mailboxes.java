package io.nsfl.servicekit.time;

import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;

/**
 * A {@link Mailbox} for each of many keys. One is there only while something is to be done in it, so keys that somebody makes up cost
 * nothing afterwards; and of one key there are never two. Safe from any thread.
 *
 * @param <K> what the state belongs to; its text is the mailbox's name
 */
public final class Mailboxes<K> {
    private final Executor threads;
    private final BiConsumer<K, Throwable> uncaught;
    private final ConcurrentHashMap<K, Counted> present = new ConcurrentHashMap<>();

    /** A mailbox with how many tasks are in it. */
    private record Counted(Mailbox mailbox, int tasks) {}

    /**
     * @param threads lends the threads, as for {@link Mailbox}
     * @param uncaught gets what a task throws, on the mailbox's thread
     */
    public Mailboxes(Executor threads, BiConsumer<K, Throwable> uncaught) {
        this.threads = Objects.requireNonNull(threads, "threads");
        this.uncaught = Objects.requireNonNull(uncaught, "uncaught");
    }

    /** Runs it in this key's turn. */
    public void execute(K key, Runnable task) {
        Objects.requireNonNull(task, "task");
        enter(key).execute(() -> {
            try {
                task.run();
            } finally {
                leave(key);
            }
        });
    }

    /** Runs it in this key's turn; what it returns or throws comes out of the future. */
    public <T> CompletableFuture<T> submit(K key, Callable<T> task) {
        CompletableFuture<T> result = new CompletableFuture<>();
        execute(key, () -> {
            try {
                result.complete(task.call());
            } catch (Throwable thrown) {
                result.completeExceptionally(thrown);
            }
        });
        return result;
    }

    /** @throws IllegalStateException if the caller does not run as a task of this key */
    public void requireOwner(K key) {
        Counted counted = present.get(key);
        if (counted == null) {
            throw new IllegalStateException("Cannot touch the state of mailbox " + key + " from thread "
                    + Thread.currentThread().getName() + ": only its own tasks may");
        }
        counted.mailbox().requireOwner();
    }

    /** How many keys have something to do. */
    public int size() {
        return present.size();
    }

    private Mailbox enter(K key) {
        return present.compute(
                        key,
                        (name, counted) -> counted == null
                                ? new Counted(
                                        new Mailbox(name.toString(), threads, failed -> uncaught.accept(name, failed)),
                                        1)
                                : new Counted(counted.mailbox(), counted.tasks() + 1))
                .mailbox();
    }

    private void leave(K key) {
        present.computeIfPresent(
                key,
                (name, counted) -> counted.tasks() == 1 ? null : new Counted(counted.mailbox(), counted.tasks() - 1));
    }
}
