package io.nsfl.scheduler.job;

import io.nsfl.protocol.ids.JobKey;
import io.nsfl.servicekit.time.Mailbox;
import io.nsfl.servicekit.time.Timers;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
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
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);

    private final JobTable table;
    private final EventLog events;
    private final Timers timers;
    private final Executor threads;
    private final Map<JobKey, Mailbox> mailboxes = new ConcurrentHashMap<>();
    private volatile StateEffects effects;
    private volatile boolean closed;

    public JobFlow(JobTable table, EventLog events, Timers timers, Executor threads) {
        this.table = table;
        this.events = events;
        this.timers = timers;
        this.threads = threads;
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
        return mailbox(key).submit(task);
    }

    /** Runs in the job's mailbox, again and again until it does not throw. */
    public void post(JobKey key, Runnable task) {
        post(key, task, Duration.ofSeconds(1));
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
     * Moves a job and begins the effects of its new state. In its mailbox only.
     *
     * @param reason one sentence, or empty
     * @param edit what else changes with it
     */
    public Job move(Job job, Move move, String reason, Consumer<JobEdit> edit) {
        JobState to = move.from(job.state());
        Job moved = edit(job, change -> {
            edit.accept(change);
            change.state(to).reason(reason);
        });
        if (moved.version() != job.version()) {
            log.info("Job {} is {}{}", job.key(), to, reason.isEmpty() ? "" : ": " + reason);
            events.state(moved);
        }
        effects.enter(moved);
        return moved;
    }

    /** Changes a job and not its state. In its mailbox only. */
    public Job edit(Job job, Consumer<JobEdit> edit) {
        mailbox(job.key()).requireOwner();
        return table.replace(job, edit);
    }

    /** Takes up a job that was stored before. */
    public void enter(Job job) {
        post(
                job.key(),
                () -> current(job).filter(now -> now.state() == job.state()).ifPresent(now -> {
                    events.state(now);
                    effects.enter(now);
                }));
    }

    /** The job is gone from the table. In its mailbox only. */
    public void forget(JobKey key) {
        mailboxes.remove(key);
    }

    private Optional<Job> current(Job expected) {
        return table.find(expected.key()).filter(expected::sameLaunch);
    }

    private void post(JobKey key, Runnable task, Duration pause) {
        mailbox(key).execute(() -> {
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

    private Mailbox mailbox(JobKey key) {
        return mailboxes.computeIfAbsent(
                key,
                name -> new Mailbox(
                        name.toString(), threads, failed -> log.error("Work on job {} failed", name, failed)));
    }
}
