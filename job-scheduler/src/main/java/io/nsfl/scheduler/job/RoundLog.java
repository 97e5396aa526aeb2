package io.nsfl.scheduler.job;

import io.nsfl.protocol.ids.JobKey;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.protocol.job.RoundMetrics;
import io.nsfl.storage.document.CollectionSpec;
import io.nsfl.storage.document.Document;
import io.nsfl.storage.document.DocumentCollection;
import io.nsfl.storage.document.DocumentStore;
import io.nsfl.storage.document.Order;
import io.nsfl.storage.document.Query;
import io.nsfl.storage.document.UniqueKey;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** What the rounds of the jobs came to, in the collection {@code rounds}. Written by the job's mailbox only, read by anybody. */
public final class RoundLog {
    private static final Order BY_ROUND = Order.byNumber("round");

    private final DocumentCollection rounds;

    public RoundLog(DocumentStore store) {
        rounds = store.collection(CollectionSpec.of("rounds", UniqueKey.of("namespace", "job", "run", "round"))
                .listedBy("job", BY_ROUND));
    }

    /** What came of storing. @param through the highest round stored; 0 = none @param progress whether a committed round is new */
    public record Stored(int through, boolean progress) {}

    /** Stores rounds of the job's run; one that comes again replaces what was known about it. */
    public Stored store(Job job, List<RoundMetrics> reported) {
        boolean progress = false;
        int through = 0;
        for (RoundMetrics round : reported) {
            ObjectNode key = pattern(job.key()).put("run", job.run()).put("round", round.round());
            ObjectNode document = JobJson.toObject(round).setAll(key);
            Optional<Document> known = rounds.find(key);
            if (known.isEmpty()) {
                rounds.insert(document);
                progress |= RoundMetrics.COMMITTED.equals(round.state());
            } else {
                rounds.replace(known.get(), document);
            }
            through = Math.max(through, round.round());
        }
        return new Stored(through, progress);
    }

    /** The rounds of a run, in order. */
    public List<RoundMetrics> of(JobKey key, String run) {
        return rounds.query(Query.containing(pattern(key).put("run", run)).orderedBy(BY_ROUND)).stream()
                .map(stored -> JobJson.convert(stored.data().remove(List.of("namespace", "job")), RoundMetrics.class))
                .toList();
    }

    public void delete(JobKey key) {
        rounds.deleteAll(pattern(key));
    }

    private static ObjectNode pattern(JobKey key) {
        return JobJson.newObject().put("namespace", key.namespace()).put("job", key.id());
    }
}
