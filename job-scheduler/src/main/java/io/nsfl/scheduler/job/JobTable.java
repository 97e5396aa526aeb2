package io.nsfl.scheduler.job;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.JobKey;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.storage.document.CollectionSpec;
import io.nsfl.storage.document.Document;
import io.nsfl.storage.document.DocumentCollection;
import io.nsfl.storage.document.DocumentStore;
import io.nsfl.storage.document.DuplicateKeyException;
import io.nsfl.storage.document.Order;
import io.nsfl.storage.document.Query;
import io.nsfl.storage.document.UniqueKey;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/** The jobs in the document store. The table, not the memory of this process, is what counts. */
public final class JobTable {
    private static final Order BY_START = Order.byText("start_time");

    private static final int PAGE = 200;

    private final DocumentCollection jobs;

    /** @param name of the table */
    public JobTable(DocumentStore store, String name) {
        jobs = store.collection(
                CollectionSpec.of(name, UniqueKey.of("namespace", "id"), UniqueKey.of(Job.INTERNAL + ".service"))
                        .listedBy("namespace", BY_START)
                        .listedBy("status.state", BY_START));
    }

    /** @throws FaultException JOB_EXISTS if its key, or its key joined to a service's name, is taken */
    public Job insert(JobKey key, JobEdit job) {
        try {
            return new Job(jobs.insert(job.data()));
        } catch (DuplicateKeyException taken) {
            String who = find(key).isPresent()
                    ? "Job %s already exists.".formatted(key)
                    : "The name %s, under which the coordinator of job %s would run, already exists for a job of another namespace: choose another id."
                            .formatted(key.serviceName(), key);
            throw new FaultException(Fault.JOB_EXISTS, who, taken);
        }
    }

    public Optional<Job> find(JobKey key) {
        return jobs.find(pattern(key)).map(Job::new);
    }

    /** @throws FaultException JOB_NOT_FOUND */
    public Job require(JobKey key) {
        return find(key)
                .orElseThrow(() -> new FaultException(Fault.JOB_NOT_FOUND, "Job %s does not exist.".formatted(key)));
    }

    /**
     * Gives the jobs of a namespace one after the other, oldest start first, without holding them all.
     *
     * @param state only those in this state
     * @param after only those that follow this one
     * @param limit at most so many
     */
    public void each(
            String namespace, Optional<JobState> state, Optional<Job> after, int limit, Consumer<? super Job> visitor) {
        ObjectNode pattern = JobJson.newObject().put("namespace", namespace);
        state.ifPresent(wanted -> pattern.withObjectProperty("status").put("state", wanted.name()));
        Query all = Query.containing(pattern).orderedBy(BY_START);
        Query query = after.map(last -> all.after(last.document())).orElse(all);
        int left = limit;
        List<Document> page;
        do {
            int size = Math.min(left, PAGE);
            page = jobs.query(query.limit(size));
            page.stream().map(Job::new).forEach(visitor);
            left -= page.size();
            query = page.isEmpty() ? query : query.after(page.getLast());
            if (page.size() < size) {
                return;
            }
        } while (left > 0);
    }

    /** All jobs in this state, oldest start first. */
    public List<Job> in(JobState state) {
        ObjectNode pattern = JobJson.newObject();
        pattern.putObject("status").put("state", state.name());
        return jobs.query(Query.containing(pattern).orderedBy(BY_START)).stream()
                .map(Job::new)
                .toList();
    }

    /** Gives all jobs, oldest first, without holding them all. */
    public void each(Consumer<Job> visitor) {
        Query query = Query.all().limit(PAGE);
        List<Document> page;
        do {
            page = jobs.query(query);
            page.stream().map(Job::new).forEach(visitor);
            query = page.isEmpty() ? query : query.after(page.getLast());
        } while (page.size() == PAGE);
    }

    /** Writes an edit of this version. @throws FaultException STALE if it is not the stored one any more */
    Job replace(Job job, Consumer<JobEdit> edit) {
        ObjectNode edited = job.edited(edit);
        if (edited.equals(job.document().data())) {
            return job;
        }
        return jobs.replace(job.document(), edited)
                .map(Job::new)
                .orElseThrow(() -> new FaultException(
                        Fault.STALE, "Job %s was changed meanwhile: look at it and try again.".formatted(job.key())));
    }

    public void delete(JobKey key) {
        jobs.deleteAll(pattern(key));
    }

    private static ObjectNode pattern(JobKey key) {
        return JobJson.newObject().put("namespace", key.namespace()).put("id", key.id());
    }
}
