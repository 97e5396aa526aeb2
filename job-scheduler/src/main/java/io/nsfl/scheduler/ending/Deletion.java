package io.nsfl.scheduler.ending;

import io.nsfl.protocol.fault.FaultException;
import io.nsfl.scheduler.job.EventLog;
import io.nsfl.scheduler.job.Job;
import io.nsfl.scheduler.job.JobFlow;
import io.nsfl.scheduler.job.JobState;
import io.nsfl.scheduler.job.JobTable;
import io.nsfl.scheduler.job.RoundLog;
import io.nsfl.scheduler.launch.JobFiles;
import java.io.IOException;
import java.time.Duration;

/** Removes a job: coordinator, leases, results, events, and last its document, so that a deletion that is interrupted goes on. */
public final class Deletion {
    private static final Duration AGAIN = Duration.ofSeconds(5);

    private final JobFlow flow;
    private final Ending ending;
    private final JobFiles files;
    private final JobTable table;
    private final EventLog events;
    private final RoundLog rounds;

    public Deletion(JobFlow flow, Ending ending, JobFiles files, JobTable table, EventLog events, RoundLog rounds) {
        this.flow = flow;
        this.ending = ending;
        this.files = files;
        this.table = table;
        this.events = events;
        this.rounds = rounds;
    }

    /** A job that is DELETING. */
    public void begin(Job job) {
        if (job.state() != JobState.DELETING) {
            return;
        }
        try {
            ending.end(job, "the job was deleted");
            files.deleteResults(job);
        } catch (IOException | FaultException undone) {
            Job told = flow.edit(job, edit -> edit.reason("Its files are not removed yet: " + undone.getMessage()));
            flow.laterFor(told, AGAIN, this::begin);
            return;
        }
        events.delete(job.key());
        rounds.delete(job.key());
        table.delete(job.key());
    }
}
