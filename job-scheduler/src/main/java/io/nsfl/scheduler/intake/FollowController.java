package io.nsfl.scheduler.intake;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.scheduler.job.EventLog;
import io.nsfl.scheduler.job.Job;
import io.nsfl.scheduler.job.JobTable;
import io.nsfl.scheduler.job.RoundLog;
import java.util.List;
import java.util.Map;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** What happens to a job, once or as it comes. */
@RestController
@RequestMapping("/api/v1/namespaces/{namespace}/jobs/{id}")
public final class FollowController {
    private static final int PAGE = 1000;

    private final JobTable table;
    private final EventLog events;
    private final RoundLog rounds;
    private final Followers followers;

    public FollowController(JobTable table, EventLog events, RoundLog rounds, Followers followers) {
        this.table = table;
        this.events = events;
        this.rounds = rounds;
        this.followers = followers;
    }

    /** At most 1000 events after this number; ask again with the last one's to get the next. */
    @GetMapping(path = "/events", produces = MediaType.APPLICATION_JSON_VALUE)
    public ResponseEntity<byte[]> events(
            @PathVariable String namespace, @PathVariable String id, @RequestParam(defaultValue = "0") long after) {
        Job job = table.require(JobPath.key(namespace, id));
        return json(Map.of("events", events.after(job.key(), notNegative(after), PAGE)));
    }

    /** The same as a stream that goes on until the caller goes or the job is deleted. */
    @GetMapping(path = "/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    public SseEmitter follow(
            @PathVariable String namespace,
            @PathVariable String id,
            @RequestParam(defaultValue = "0") long after,
            @RequestHeader(name = "Last-Event-ID", required = false) String lastSeen) {
        Job job = table.require(JobPath.key(namespace, id));
        return followers.follow(job.key(), lastSeen == null ? notNegative(after) : number(lastSeen));
    }

    /** The rounds of the present run, or of the one named. */
    @GetMapping("/metrics")
    public ResponseEntity<byte[]> metrics(
            @PathVariable String namespace, @PathVariable String id, @RequestParam(required = false) String run) {
        Job job = table.require(JobPath.key(namespace, id));
        if (run != null && !run.matches("[0-9A-Za-z-]{1,64}")) {
            throw new FaultException(
                    Fault.REQUEST_INVALID, "The parameter run takes a run as the events name it, which this is not.");
        }
        return json(Map.of("rounds", rounds.of(job.key(), run == null ? job.run() : run)));
    }

    private static long notNegative(long after) {
        if (after < 0) {
            throw new FaultException(
                    Fault.REQUEST_INVALID, "The parameter after takes an event's number, not %d.".formatted(after));
        }
        return after;
    }

    private static long number(String lastSeen) {
        if (!lastSeen.matches("[0-9]{1,18}")) {
            throw new FaultException(
                    Fault.REQUEST_INVALID, "The header Last-Event-ID takes an event's number, which this is not.");
        }
        return Long.parseLong(lastSeen);
    }

    private static ResponseEntity<byte[]> json(Map<String, List<?>> answer) {
        return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(JobJson.bytes(answer));
    }
}
