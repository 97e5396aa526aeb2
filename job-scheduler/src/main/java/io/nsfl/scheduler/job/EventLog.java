package io.nsfl.scheduler.job;

import io.nsfl.protocol.ids.JobKey;
import io.nsfl.protocol.job.JobEvent;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.storage.document.CollectionSpec;
import io.nsfl.storage.document.Document;
import io.nsfl.storage.document.DocumentCollection;
import io.nsfl.storage.document.DocumentStore;
import io.nsfl.storage.document.Order;
import io.nsfl.storage.document.Query;
import io.nsfl.storage.document.UniqueKey;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.node.ObjectNode;

/**
 * What happened to the jobs, in the collection {@code events}: one ever-growing number per job. Events of a coordinator come with
 * a number of their own within the run, by which a repeat is known. Written by the job's mailbox only, read by anybody.
 */
public final class EventLog {
    private static final Order BY_SEQ = Order.byNumber("seq");
    private static final Order BY_RUN_SEQ = Order.byNumber("run_seq");
    private static final String STATE = "JOB_STATE";

    private final DocumentCollection events;
    private final InstantSource clock;
    private final EventSignal signal = new EventSignal();
    private final Map<JobKey, Numbers> numbers = new ConcurrentHashMap<>();

    /** @param seq last number of the job @param run the run of {@code runSeq} @param runSeq last number within that run */
    private record Numbers(long seq, String run, long runSeq) {}

    public EventLog(DocumentStore store, InstantSource clock) {
        this.events = store.collection(CollectionSpec.of(
                        "events",
                        UniqueKey.of("namespace", "job", "seq"),
                        UniqueKey.of("namespace", "job", "run", "run_seq"))
                .listedBy("job", BY_SEQ)
                .listedBy("run", BY_RUN_SEQ));
        this.clock = clock;
    }

    /** Tells the job's state, unless that was the last state told. */
    public void state(Job job) {
        String message = job.reason().isEmpty() ? job.state().name() : job.state() + ": " + job.reason();
        ObjectNode pattern = pattern(job.key()).put("type", STATE);
        boolean told = events
                .query(Query.containing(pattern)
                        .orderedBy(BY_SEQ.descendingly())
                        .limit(1))
                .stream()
                .anyMatch(last -> last.data().path("message").asString("").equals(message)
                        && last.data().path("run").asString("").equals(job.run()));
        if (!told) {
            JobEvent event = new JobEvent(0, job.run(), clock.instant(), STATE, null, null, null, null, message);
            append(
                    job.key(),
                    List.of(event),
                    job.run(),
                    numbers(job.key(), job.run()).runSeq());
        }
    }

    /** Tells something else about the job's run, unless that was told of it before. */
    public void tell(Job job, String type, String message) {
        ObjectNode pattern =
                pattern(job.key()).put("type", type).put("run", job.run()).put("message", message);
        if (events.query(Query.containing(pattern).limit(1)).isEmpty()) {
            JobEvent event = new JobEvent(0, job.run(), clock.instant(), type, null, null, null, null, message);
            append(
                    job.key(),
                    List.of(event),
                    job.run(),
                    numbers(job.key(), job.run()).runSeq());
        }
    }

    /** The latest events of one type in the job's present run, in order. */
    public List<JobEvent> latest(Job job, String type, int limit) {
        ObjectNode pattern = pattern(job.key()).put("type", type).put("run", job.run());
        return events
                .query(Query.containing(pattern)
                        .orderedBy(BY_SEQ.descendingly())
                        .limit(limit))
                .reversed()
                .stream()
                .map(EventLog::event)
                .toList();
    }

    /**
     * Stores what is new of a coordinator's events.
     *
     * @return the highest number of the run that is stored; 0 = none
     */
    public long store(Job job, List<JobEvent> reported) {
        long stored = numbers(job.key(), job.run()).runSeq();
        List<JobEvent> fresh =
                reported.stream().filter(event -> event.seq() > stored).toList();
        if (fresh.isEmpty()) {
            return stored;
        }
        long through = fresh.stream().mapToLong(JobEvent::seq).max().orElse(stored);
        append(job.key(), fresh, job.run(), through);
        return through;
    }

    /** Events with a higher number than this, in order. */
    public List<JobEvent> after(JobKey key, long seq, int limit) {
        return events
                .query(Query.containing(pattern(key))
                        .orderedBy(BY_SEQ)
                        .beyond(seq)
                        .limit(limit))
                .stream()
                .map(EventLog::event)
                .toList();
    }

    /** Wakes followers when a job's events grow. */
    public EventSignal signal() {
        return signal;
    }

    public void delete(JobKey key) {
        events.deleteAll(pattern(key));
        numbers.remove(key);
        signal.raise(key);
    }

    private void append(JobKey key, List<JobEvent> fresh, String run, long runSeqThrough) {
        Numbers last = numbers(key, run);
        List<ObjectNode> documents = new ArrayList<>(fresh.size());
        long seq = last.seq();
        for (JobEvent event : fresh) {
            seq++;
            ObjectNode document = JobJson.toObject(event);
            document.put("namespace", key.namespace())
                    .put("job", key.id())
                    .put("run", run)
                    .put("seq", seq);
            if (event.seq() > 0) {
                document.put("run_seq", event.seq());
            }
            documents.add(document);
        }
        try {
            events.insertAll(documents);
        } catch (RuntimeException unsure) {
            // Whether they are stored is not known, so the numbers are read again.
            numbers.remove(key);
            throw unsure;
        }
        numbers.put(key, new Numbers(seq, run, runSeqThrough));
        signal.raise(key);
    }

    private Numbers numbers(JobKey key, String run) {
        Numbers known = numbers.get(key);
        if (known != null && known.run().equals(run)) {
            return known;
        }
        Numbers read = new Numbers(
                highest(pattern(key), BY_SEQ, "seq"),
                run,
                highest(pattern(key).put("run", run), BY_RUN_SEQ, "run_seq"));
        numbers.put(key, read);
        return read;
    }

    private long highest(ObjectNode pattern, Order order, String field) {
        return events
                .query(Query.containing(pattern).orderedBy(order.descendingly()).limit(1))
                .stream()
                .mapToLong(last -> last.data().path(field).asLong(0))
                .findFirst()
                .orElse(0);
    }

    private static JobEvent event(Document stored) {
        ObjectNode data = stored.data();
        data.remove(List.of("namespace", "job", "run_seq"));
        return JobJson.convert(data, JobEvent.class);
    }

    private static ObjectNode pattern(JobKey key) {
        return JobJson.newObject().put("namespace", key.namespace()).put("job", key.id());
    }
}
