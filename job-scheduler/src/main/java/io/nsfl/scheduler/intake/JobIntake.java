package io.nsfl.scheduler.intake;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.fault.Violation;
import io.nsfl.protocol.ids.IdSource;
import io.nsfl.protocol.ids.JobKey;
import io.nsfl.protocol.job.JobConfig;
import io.nsfl.protocol.job.JobConfigReader;
import io.nsfl.protocol.job.Reading;
import io.nsfl.scheduler.job.Job;
import io.nsfl.scheduler.job.JobEdit;
import io.nsfl.scheduler.job.JobFlow;
import io.nsfl.scheduler.job.JobOperation;
import io.nsfl.scheduler.job.JobTable;
import io.nsfl.scheduler.job.Move;
import io.nsfl.scheduler.launch.JobFiles;
import io.nsfl.scheduler.launch.StartModel;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Carries out what users ask of jobs: everything is checked before anything is stored, and stored before it is answered. */
public final class JobIntake {
    private static final DateTimeFormatter LOCAL_TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");

    private final JobTable table;
    private final JobFlow flow;
    private final WorkspaceCheck workspace;
    private final IdSource ids;
    private final InstantSource clock;
    private final ZoneId zone;

    public JobIntake(
            JobTable table,
            JobFlow flow,
            JobFiles files,
            StartModel models,
            IdSource ids,
            InstantSource clock,
            ZoneId zone) {
        this.table = table;
        this.flow = flow;
        this.workspace = new WorkspaceCheck(files, models);
        this.ids = ids;
        this.clock = clock;
        this.zone = zone;
    }

    /** A new job, started at once. */
    public Job create(String namespace, ObjectNode posted) {
        JobConfig config = checked(JobConfigReader.forCreate(namespace, posted), namespace, posted);
        requireName(config.key());
        workspace.check(config, Optional.empty());
        String run = ids.next();
        JobEdit job = JobEdit.create(config.key(), posted, now()).run(run, now());
        Job created = inserted(config.key(), run, job);
        flow.enter(created);
        return created;
    }

    private Job inserted(JobKey key, String run, JobEdit job) {
        try {
            return table.insert(key, job);
        } catch (FaultException failed) {
            if (failed.fault() == Fault.DATABASE_UNAVAILABLE) {
                // It may be stored all the same, its answer lost: nobody else would take it up.
                flow.enterIfStored(key, run);
            }
            throw failed;
        }
    }

    /** Replaces what the user gave; the job goes on as it is. @param version that he looked at; empty = whatever it is now */
    public CompletableFuture<Job> update(JobKey key, ObjectNode posted, OptionalLong version) {
        return flow.submit(key, () -> {
            Job job = require(key);
            JobOperation.UPDATE.requireAllowed(job);
            if (version.isPresent() && version.getAsLong() != job.version()) {
                throw new FaultException(
                        Fault.STALE,
                        "Job %s is at version %d, not %d: look at it and try again."
                                .formatted(key, job.version(), version.getAsLong()));
            }
            JobConfig config =
                    checked(JobConfigReader.forUpdate(key.namespace(), withId(posted, key)), key.namespace(), posted);
            workspace.check(config, Optional.of(job));
            return flow.edit(job, edit -> edit.configuration(posted));
        });
    }

    /** A new run of a job that has ended. */
    public CompletableFuture<Job> start(JobKey key) {
        return flow.submit(key, () -> {
            Job job = require(key);
            JobOperation.START.requireAllowed(job);
            JobConfig config =
                    checked(JobConfigReader.forUpdate(key.namespace(), job.data()), key.namespace(), job.data());
            workspace.check(config, Optional.of(job));
            return flow.move(job, Move.START, "", edit -> edit.run(ids.next(), now()));
        });
    }

    /** Begins the stop; it goes on in the background. */
    public CompletableFuture<Job> stop(JobKey key) {
        return flow.submit(key, () -> {
            Job job = require(key);
            JobOperation.STOP.requireAllowed(job);
            return flow.move(job, Move.STOP, "", edit -> {});
        });
    }

    /** Begins the deletion; it goes on in the background. A job that does not exist is deleted already. */
    public CompletableFuture<Optional<Job>> delete(JobKey key) {
        return flow.submit(key, () -> {
            Optional<Job> job = flow.find(key);
            job.ifPresent(JobOperation.DELETE::requireAllowed);
            return job.map(present -> flow.move(present, Move.DELETE, "", edit -> {}));
        });
    }

    private JobConfig checked(Reading<JobConfig> reading, String namespace, ObjectNode posted) {
        List<Violation> also = reading.violations().isEmpty()
                ? List.of()
                : workspace.alsoWrong(namespace, posted, reading.violations());
        if (also.isEmpty()) {
            return reading.orThrow(Fault.REQUEST_INVALID, "The job");
        }
        List<Violation> all =
                Stream.concat(reading.violations().stream(), also.stream()).toList();
        return new Reading<JobConfig>(Optional.empty(), all, reading.warnings())
                .orThrow(Fault.REQUEST_INVALID, "The job");
    }

    /** An update may leave the id out; another one is refused. */
    private static ObjectNode withId(ObjectNode posted, JobKey key) {
        JsonNode id = posted.path("id");
        String given = id.isMissingNode() || id.isNull() ? key.id() : id.isString() ? id.stringValue() : id.toString();
        if (!given.equals(key.id())) {
            throw new FaultException(
                    Fault.REQUEST_INVALID,
                    "The body names job %s, the path job %s: an update cannot change the id."
                            .formatted(given, key.id()));
        }
        return posted.deepCopy().put("id", key.id());
    }

    /** The name of its coordinator has to be one that Kubernetes takes, whatever launches it. */
    private static void requireName(JobKey key) {
        if (!key.serviceName().matches("[a-z]([-a-z0-9]{0,61}[a-z0-9])?")) {
            throw new FaultException(
                    Fault.REQUEST_INVALID,
                    ("The coordinator of job %s would be called %s: such a name has at most 63 lower case letters,"
                                    + " digits and dashes and begins with a letter. Choose a shorter id or another namespace.")
                            .formatted(key, key.serviceName()));
        }
    }

    private Job require(JobKey key) {
        return flow.find(key)
                .orElseThrow(() ->
                        new FaultException(Fault.JOB_OPERATION_FORBIDDEN, "Job %s does not exist.".formatted(key)));
    }

    private String now() {
        return LOCAL_TIME.format(clock.instant().atZone(zone));
    }
}
