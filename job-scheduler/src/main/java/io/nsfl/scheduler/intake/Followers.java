package io.nsfl.scheduler.intake;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.JobKey;
import io.nsfl.protocol.job.JobEvent;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.scheduler.job.EventLog;
import io.nsfl.scheduler.job.JobTable;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** Streams of events: each follower reads the log at its own pace and is woken when the log grows. */
public final class Followers {
    private static final int MOST = 200;
    private static final int PAGE = 200;
    /** So that a connection that nobody reads any more is noticed. */
    private static final Duration COMMENT = Duration.ofSeconds(15);

    private final JobTable table;
    private final EventLog events;
    private final Executor threads;
    private final Semaphore places = new Semaphore(MOST);
    private volatile boolean closed;

    public Followers(JobTable table, EventLog events, Executor threads) {
        this.table = table;
        this.events = events;
        this.threads = threads;
    }

    /** @throws FaultException UNAVAILABLE if too many follow already */
    SseEmitter follow(JobKey key, long after) {
        if (!places.tryAcquire()) {
            throw new FaultException(
                    Fault.UNAVAILABLE,
                    "Already %d callers follow events: ask for the events without following them.".formatted(MOST));
        }
        SseEmitter stream = new SseEmitter(0L);
        threads.execute(() -> {
            try {
                send(stream, key, after);
                stream.complete();
            } catch (IOException | IllegalStateException gone) {
                stream.complete();
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
                stream.complete();
            } catch (RuntimeException failed) {
                stream.completeWithError(failed);
            } finally {
                places.release();
            }
        });
        return stream;
    }

    /** Ends all streams; their callers follow again from their last event. */
    public void close() {
        closed = true;
        events.signal().raiseAll();
    }

    private void send(SseEmitter stream, JobKey key, long after) throws IOException, InterruptedException {
        long last = after;
        while (!closed) {
            long seen = events.signal().count(key);
            List<JobEvent> page = events.after(key, last, PAGE);
            for (JobEvent event : page) {
                stream.send(SseEmitter.event().id(Long.toString(event.seq())).data(JobJson.text(event)));
                last = event.seq();
            }
            if (page.isEmpty()) {
                if (table.find(key).isEmpty()) {
                    return;
                }
                stream.send(SseEmitter.event().comment(""));
                events.signal().await(key, seen, COMMENT);
            }
        }
    }
}
