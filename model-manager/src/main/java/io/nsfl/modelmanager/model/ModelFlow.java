package io.nsfl.modelmanager.model;

import io.nsfl.servicekit.time.Mailboxes;
import io.nsfl.servicekit.time.Timers;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes models. One mailbox per model makes everything that concerns its versions happen one at a time; a change is stored by
 * compare-and-set before its effect begins. Work in the background that fails, because the database is away for example, is tried
 * again: it reads the version anew each time.
 */
public final class ModelFlow {
    private static final Logger log = LoggerFactory.getLogger(ModelFlow.class);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);

    private final ModelTable table;
    private final Timers timers;
    private final Executor threads;
    private final Mailboxes<ModelName> mailboxes;
    private volatile boolean closed;

    public ModelFlow(ModelTable table, Timers timers, Executor threads) {
        this.table = table;
        this.timers = timers;
        this.threads = threads;
        this.mailboxes =
                new Mailboxes<>(threads, (model, failed) -> log.error("Work on model {} failed", model, failed));
    }

    /** Background work ends; what is stored is taken up by the next start. */
    public void close() {
        closed = true;
    }

    /** Runs in the model's mailbox; what it throws is the future's. */
    public <T> CompletableFuture<T> submit(ModelName model, Callable<T> task) {
        return mailboxes.submit(model, task);
    }

    /** Runs in the model's mailbox with the version as it is then, unless it is gone; again and again until it does not throw. */
    public void post(ModelKey key, Consumer<ModelVersion> task) {
        post(key, task, FIRST_PAUSE);
    }

    /** The same, later. */
    public Timers.Timer later(ModelKey key, Duration delay, Consumer<ModelVersion> task) {
        return timers.schedule(delay, threads, () -> post(key, task));
    }

    /** Outside of mailboxes: for work that takes long. */
    public void aside(Runnable task) {
        threads.execute(task);
    }

    /** Stores a change. In the model's mailbox only. */
    public ModelVersion edit(ModelVersion version, Consumer<ModelEdit> edit) {
        mailboxes.requireOwner(version.key().model());
        ModelVersion edited = table.replace(version, edit);
        if (edited.state() != version.state()) {
            log.info("Model {} is {}", version.key(), edited.state().word());
        }
        return edited;
    }

    /** Removes a version from the table. In the model's mailbox only. */
    public void remove(ModelVersion version) {
        mailboxes.requireOwner(version.key().model());
        table.delete(version);
        log.info("Model {} is deleted", version.key());
    }

    private void post(ModelKey key, Consumer<ModelVersion> task, Duration pause) {
        mailboxes.execute(key.model(), () -> {
            try {
                table.find(key).ifPresent(task);
            } catch (RuntimeException failed) {
                if (closed) {
                    return;
                }
                log.warn("Work on model {} failed and is tried again in {}", key, pause, failed);
                Duration twice = pause.multipliedBy(2);
                Duration next = twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
                timers.schedule(pause, threads, () -> post(key, task, next));
            }
        });
    }
}
