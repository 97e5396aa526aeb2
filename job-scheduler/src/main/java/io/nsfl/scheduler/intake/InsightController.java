package io.nsfl.scheduler.intake;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.job.JobConfig;
import io.nsfl.protocol.job.JobConfigReader;
import io.nsfl.protocol.job.JobEvent;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.protocol.v1.ClientVerdict;
import io.nsfl.scheduler.clients.SelectorCalls;
import io.nsfl.scheduler.job.EventLog;
import io.nsfl.scheduler.job.Job;
import io.nsfl.scheduler.job.JobState;
import io.nsfl.scheduler.job.JobTable;
import io.nsfl.scheduler.launch.CoordinatorLog;
import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Why a job is where it is: which clients it could have, and what its coordinator and its failed tasks said. */
@RestController
@RequestMapping("/api/v1/namespaces/{namespace}/jobs/{id}")
public final class InsightController {
    private static final int MOST_LINES = 10_000;
    private static final int MOST_TASKS = 100;
    private static final String TASK_FAILED = "TASK_FAILED";

    private final JobTable table;
    private final SelectorCalls selector;
    private final CoordinatorLog logs;
    private final EventLog events;

    public InsightController(JobTable table, SelectorCalls selector, CoordinatorLog logs, EventLog events) {
        this.table = table;
        this.selector = selector;
        this.logs = logs;
        this.events = events;
    }

    /** How each known client stands to this job now. */
    @GetMapping("/selection")
    public ResponseEntity<byte[]> selection(@PathVariable String namespace, @PathVariable String id) {
        Job job = table.require(JobPath.key(namespace, id));
        JobConfig config = JobConfigReader.forUpdate(namespace, job.data())
                .orThrow(Fault.REQUEST_INVALID, "The stored job " + job.key());
        List<ClientVerdict> verdicts = selector.explain(job.runRef(), config);
        ObjectNode answer = JobJson.newObject()
                .put("needed", config.hyperParameters().clientNum())
                .put(
                        "matching",
                        verdicts.stream().filter(ClientVerdict::getFits).count());
        ArrayNode clients = answer.putArray("clients");
        for (ClientVerdict verdict : verdicts) {
            ObjectNode client = clients.addObject()
                    .put("id", verdict.getClientId())
                    .put("name", verdict.getClientName())
                    .put("eligible", verdict.getFits());
            verdict.getReasonsList().forEach(client.putArray("reasons")::add);
        }
        if (job.state() == JobState.PENDING) {
            answer.put("pending_reason", job.reason());
        } else {
            answer.putNull("pending_reason");
        }
        return json(answer);
    }

    /** @param lines of the coordinator's log, the last ones */
    @GetMapping("/logs")
    public ResponseEntity<byte[]> logs(
            @PathVariable String namespace, @PathVariable String id, @RequestParam(defaultValue = "100") int lines) {
        Job job = table.require(JobPath.key(namespace, id));
        if (lines < 0 || lines > MOST_LINES) {
            throw new FaultException(
                    Fault.REQUEST_INVALID,
                    "The parameter lines goes from 0 to %d, it is not %d.".formatted(MOST_LINES, lines));
        }
        ObjectNode answer = JobJson.newObject();
        logs.tail(job, lines).forEach(answer.putArray("coordinator")::add);
        ArrayNode tasks = answer.putArray("tasks");
        for (JobEvent failed : events.latest(job, TASK_FAILED, MOST_TASKS)) {
            tasks.addObject()
                    .put("round", failed.round())
                    .put("client", failed.client())
                    .put("code", failed.code())
                    .put("reason", failed.message());
        }
        return json(answer);
    }

    private static ResponseEntity<byte[]> json(ObjectNode answer) {
        return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(JobJson.bytes(answer));
    }
}
