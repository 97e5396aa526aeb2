package io.nsfl.scheduler.job;

import io.nsfl.protocol.ids.JobKey;
import io.nsfl.servicekit.time.Mailboxes;
import io.nsfl.servicekit.time.Timers;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves jobs. One mailbox per job makes everything that concerns it happen one at a time; a move is stored by compare-and-set, then
 * told to the log, then its effects begin. Work that fails in the background, because the database is away for example, is tried
 * again: it reads the job anew each time and is harmless when it comes late.
 */
public final class JobFlow {
    private static final Logger log = LoggerFactory.getLogger(JobFlow.class);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);

    private final JobTable table;
    private final EventLog events;
    private final Timers timers;
    private final Executor threads;
    private final Mailboxes<JobKey> mailboxes;
    private volatile StateEffects effects;
    private volatile boolean closed;

    public JobFlow(JobTable table, EventLog events, Timers timers, Executor threads) {
        this.table = table;
        this.events = events;
        this.timers = timers;
        this.threads = threads;
        this.mailboxes = new Mailboxes<>(threads, (key, failed) -> log.error("Work on job {} failed", key, failed));
    }

    /** Once, before the first job: the steps need the flow and the flow needs them. */
    public void connect(StateEffects steps) {
        effects = steps;
    }

    /** Background work ends; what is stored is taken up by the next start. */
    public void close() {
        closed = true;
    }

    /** Runs in the job's mailbox; what it throws is the future's. */
    public <T> CompletableFuture<T> submit(JobKey key, Callable<T> task) {
        return mailboxes.submit(key, task);
    }

    /** Runs in the job's mailbox, again and again until it does not throw. */
    public void post(JobKey key, Runnable task) {
        post(key, task, FIRST_PAUSE);
    }

    /** The same, later. */
    public Timers.Timer later(JobKey key, Duration delay, Runnable task) {
        return timers.schedule(delay, threads, () -> post(key, task));
    }

    /** Runs with the job as it is then, unless it is gone or another launch of it was made. */
    public void postFor(Job expected, Consumer<Job> task) {
        post(expected.key(), () -> current(expected).ifPresent(task));
    }

    /** The same, later. */
    public Timers.Timer laterFor(Job expected, Duration delay, Consumer<Job> task) {
        return later(expected.key(), delay, () -> current(expected).ifPresent(task));
    }

    /** Outside of mailboxes: for calls that wait for somebody else. */
    public void aside(Runnable task) {
        threads.execute(task);
    }

    public Optional<Job> find(JobKey key) {
        return table.find(key);
    }

    /**
     * Moves a job and begins the effects of its new state. In its mailbox only. Returns once the move is stored: effects that cannot begin now
     * begin later.
     *
     * @param reason one sentence, or empty
     * @param edit what else changes with it
     */
    public Job move(Job job, Move move, String reason, Consumer<JobEdit> edit) {
        JobState to = move.from(job.state());
        Job moved = stored(job, to, change -> {
            edit.accept(change);
            change.state(to).reason(reason);
        });
        try {
            if (moved.version() != job.version()) {
                log.info("Job {} is {}{}", job.key(), to, reason.isEmpty() ? "" : ": " + reason);
                events.state(moved);
            }
            effects.enter(moved);
        } catch (RuntimeException undone) {
            // The move is stored, so it has happened, and nobody would ask for it again.
            log.warn("Job {} is {}; what follows from that is tried again", job.key(), to, undone);
            later(moved.key(), FIRST_PAUSE, () -> take(moved));
        }
        return moved;
    }

    private Job stored(Job job, JobState to, Consumer<JobEdit> edit) {
        try {
            return edit(job, edit);
        } catch (RuntimeException unsure) {
            // The answer of a database that goes away may be lost though the move was stored: then what follows from it
            // is still to be done.
            later(
                    job.key(),
                    FIRST_PAUSE,
                    () -> table.find(job.key())
                            .filter(now -> now.state() == to && now.version() == job.version() + 1)
                            .ifPresent(this::take));
            throw unsure;
        }
    }

    /** Changes a job and not its state. In its mailbox only. */
    public Job edit(Job job, Consumer<JobEdit> edit) {
        mailboxes.requireOwner(job.key());
        return table.replace(job, edit);
    }

    /** Takes up a job that was stored before. */
    public void enter(Job job) {
        post(job.key(), () -> take(job));
    }

    /** Takes up a job that may have been stored, unless it was not. @param run that it would be in */
    public void enterIfStored(JobKey key, String run) {
        later(
                key,
                FIRST_PAUSE,
                () -> table.find(key)
                        .filter(now -> now.run().equals(run) && now.state() == JobState.QUEUING)
                        .ifPresent(this::take));
    }

    private void take(Job job) {
        current(job).filter(now -> now.state() == job.state()).ifPresent(now -> {
            events.state(now);
            effects.enter(now);
        });
    }

    private Optional<Job> current(Job expected) {
        return table.find(expected.key()).filter(expected::sameLaunch);
    }

    private void post(JobKey key, Runnable task, Duration pause) {
        mailboxes.execute(key, () -> {
            try {
                task.run();
            } catch (RuntimeException failed) {
                if (closed) {
                    return;
                }
                log.warn("Work on job {} failed and is tried again in {}", key, pause, failed);
                Duration next =
                        pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
                timers.schedule(pause, threads, () -> post(key, task, next));
            }
        });
    }
}
