package io.nsfl.scheduler.intake;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.NamespaceName;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.protocol.job.LenientJson;
import io.nsfl.scheduler.job.Job;
import io.nsfl.scheduler.job.JobState;
import io.nsfl.scheduler.job.JobTable;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ObjectNode;

/** The jobs over REST. */
@RestController
@RequestMapping("/api/v1/namespaces/{namespace}/jobs")
public final class JobController {
    /** A job object is small: 1 MiB. */
    private static final int MAX_JOB = 1 << 20;

    /** A job's id, without an operation behind it. */
    private static final String JOB = "/{id:[^:]+}";

    private final JobIntake intake;
    private final JobTable table;

    public JobController(JobIntake intake, JobTable table) {
        this.intake = intake;
        this.table = table;
    }

    @PostMapping
    public ResponseEntity<byte[]> create(@PathVariable String namespace, InputStream body) throws IOException {
        intake.create(NamespaceName.inPath(namespace), object(body));
        return succeeded(HttpStatus.CREATED);
    }

    /**
     * @param state only jobs in this state
     * @param after id of the job after which the page starts
     * @param limit of the page
     */
    @GetMapping
    public void list(
            @PathVariable String namespace,
            @RequestParam(required = false) String state,
            @RequestParam(required = false) String after,
            @RequestParam(required = false) Integer limit,
            HttpServletResponse response)
            throws IOException {
        if (limit != null && limit < 1) {
            throw new FaultException(
                    Fault.REQUEST_INVALID, "The limit of a list is at least 1, not %d.".formatted(limit));
        }
        Optional<JobState> wanted = Optional.ofNullable(state).map(JobController::state);
        Optional<Job> last = Optional.ofNullable(after).map(id -> table.require(JobPath.key(namespace, id)));
        JobList list = new JobList(response);
        table.each(NamespaceName.inPath(namespace), wanted, last, limit == null ? Integer.MAX_VALUE : limit, list);
        list.end();
    }

    /** The version is in the header {@code ETag}, for updates with {@code If-Match}. */
    @GetMapping(JOB)
    public ResponseEntity<byte[]> get(@PathVariable String namespace, @PathVariable String id) {
        Job job = table.require(JobPath.key(namespace, id));
        return ResponseEntity.ok()
                .eTag(Long.toString(job.version()))
                .contentType(MediaType.APPLICATION_JSON)
                .body(JobJson.bytes(job.shown()));
    }

    @PutMapping(JOB)
    public CompletableFuture<ResponseEntity<byte[]>> update(
            @PathVariable String namespace,
            @PathVariable String id,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) String match,
            InputStream body)
            throws IOException {
        return intake.update(JobPath.key(namespace, id), object(body), version(match))
                .thenApply(job -> succeeded(HttpStatus.OK));
    }

    /** The body is ignored. */
    @PutMapping("/{id}:start")
    public CompletableFuture<ResponseEntity<byte[]>> start(@PathVariable String namespace, @PathVariable String id) {
        return intake.start(JobPath.key(namespace, id)).thenApply(job -> succeeded(HttpStatus.OK));
    }

    /** The body is ignored. */
    @PutMapping("/{id}:stop")
    public CompletableFuture<ResponseEntity<byte[]>> stop(@PathVariable String namespace, @PathVariable String id) {
        return intake.stop(JobPath.key(namespace, id)).thenApply(job -> succeeded(HttpStatus.OK));
    }

    @DeleteMapping(JOB)
    public CompletableFuture<ResponseEntity<byte[]>> delete(@PathVariable String namespace, @PathVariable String id) {
        return intake.delete(JobPath.key(namespace, id)).thenApply(job -> succeeded(HttpStatus.OK));
    }

    private static ObjectNode object(InputStream body) throws IOException {
        byte[] json = body.readNBytes(MAX_JOB + 1);
        if (json.length > MAX_JOB) {
            throw new FaultException(Fault.REQUEST_TOO_LARGE, "A job has at most 1 MiB.");
        }
        return LenientJson.readObject(json, "The request's body");
    }

    private static JobState state(String name) {
        return JobState.of(name)
                .orElseThrow(() -> new FaultException(
                        Fault.REQUEST_INVALID,
                        "There is no job state %s; the states are %s.".formatted(name, List.of(JobState.values()))));
    }

    private static OptionalLong version(String match) {
        if (match == null || match.equals("*")) {
            return OptionalLong.empty();
        }
        if (!match.matches("\"[0-9]{1,18}\"|[0-9]{1,18}")) {
            throw new FaultException(
                    Fault.REQUEST_INVALID,
                    "The header If-Match takes the ETag of a GET, which %s is not.".formatted(match));
        }
        return OptionalLong.of(Long.parseLong(match.replace("\"", "")));
    }

    private static ResponseEntity<byte[]> succeeded(HttpStatus status) {
        return json(status, JobJson.newObject().put("state", "SUCCEEDED"));
    }

    private static ResponseEntity<byte[]> json(HttpStatus status, ObjectNode answer) {
        return ResponseEntity.status(status)
                .contentType(MediaType.APPLICATION_JSON)
                .body(JobJson.bytes(answer));
    }
}
