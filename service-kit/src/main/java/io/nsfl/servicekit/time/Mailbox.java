package io.nsfl.servicekit.time;

import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * The single writer of a piece of state: runs what is posted to it one at a time and in order, on whatever thread the executor
 * behind it lends. What one task wrote the next one sees. A task that posts another does not wait for it.
 *
 * <p>A task that throws does not end the mailbox: the exception goes to the handler, and the next task runs.
 */
public final class Mailbox implements Executor {
    /** After so many tasks in a row the thread is given back, so that mailboxes on one executor do not starve each other. */
    private static final int TURN = 64;

    private final String name;
    private final Executor threads;
    private final Consumer<Throwable> uncaught;
    private final ConcurrentLinkedQueue<Runnable> queue = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean running = new AtomicBoolean();
    private volatile Thread owner;

    /**
     * @param name for messages
     * @param threads lends the threads; must not be single-threaded with a task of it waiting for this mailbox
     * @param uncaught gets what a task throws, on the mailbox's thread
     */
    public Mailbox(String name, Executor threads, Consumer<Throwable> uncaught) {
        this.name = Objects.requireNonNull(name, "name");
        this.threads = Objects.requireNonNull(threads, "threads");
        this.uncaught = Objects.requireNonNull(uncaught, "uncaught");
    }

    @Override
    public void execute(Runnable task) {
        queue.add(Objects.requireNonNull(task, "task"));
        wake();
    }

    /** Runs it in turn; what it returns or throws comes out of the future and never reaches the handler. */
    public <T> CompletableFuture<T> submit(Callable<T> task) {
        CompletableFuture<T> result = new CompletableFuture<>();
        execute(() -> {
            try {
                result.complete(task.call());
            } catch (Throwable thrown) {
                result.completeExceptionally(thrown);
            }
        });
        return result;
    }

    /** Whether the caller runs as a task of this mailbox. */
    public boolean isOwner() {
        return owner == Thread.currentThread();
    }

    /** @throws IllegalStateException if the caller does not run as a task of this mailbox */
    public void requireOwner() {
        if (!isOwner()) {
            throw new IllegalStateException("Cannot touch the state of mailbox " + name + " from thread "
                    + Thread.currentThread().getName() + ": only its own tasks may");
        }
    }

    private void wake() {
        if (!queue.isEmpty() && running.compareAndSet(false, true)) {
            try {
                threads.execute(this::turn);
            } catch (Throwable refused) {
                running.set(false);
                throw refused;
            }
        }
    }

    private void turn() {
        owner = Thread.currentThread();
        try {
            for (int i = 0; i < TURN; i++) {
                Runnable task = queue.poll();
                if (task == null) {
                    break;
                }
                runOne(task);
            }
        } finally {
            owner = null;
            running.set(false);
            goOn();
        }
    }

    private void goOn() {
        try {
            wake();
        } catch (RejectedExecutionException over) {
            // The process stops: what is left stays undone, and nobody on this thread could do anything about it.
        }
    }

    private void runOne(Runnable task) {
        try {
            task.run();
        } catch (Throwable thrown) {
            uncaught.accept(thrown);
        }
    }

    @Override
    public String toString() {
        return "Mailbox " + name;
    }
}
