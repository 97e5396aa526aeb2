package io.nsfl.ctl.command;

import io.nsfl.ctl.api.JobsApi;
import io.nsfl.ctl.output.JobReport;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.JobKey;
import io.nsfl.protocol.job.JobEvent;
import io.nsfl.protocol.job.RoundMetrics;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** Tells all about one job: state and reason, privacy, rounds, clients, events. */
@Command(name = "job", description = "Tell all about one job: state, reason, privacy, rounds, clients, events.")
public final class DescribeJob implements Callable<Integer> {
    private static final Set<Fault> ASIDE =
            Set.of(Fault.PATH_UNKNOWN, Fault.JOB_NOT_FOUND, Fault.SELECTOR_UNAVAILABLE, Fault.UNAVAILABLE);

    private final Session session;

    @Mixin
    private JobArguments job;

    @Option(
            names = "--events",
            paramLabel = "N",
            defaultValue = "30",
            description = "At most so many of the newest events (default: ${DEFAULT-VALUE}).")
    private int most;

    public DescribeJob(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        JobKey key = job.required();
        JobsApi jobs = session.jobs();
        ObjectNode document = jobs.get(key.namespace(), key.id());
        JobReport report = new JobReport(session.out(), ZoneId.systemDefault());
        report.job(document);
        List<RoundMetrics> rounds = jobs.rounds(key.namespace(), key.id());
        report.privacy(document, rounds);
        report.rounds(
                rounds, document.path("hyper_parameters").path("max_round_num").asInt(10));
        selection(jobs, key, report);
        List<JobEvent> events = events(jobs, key);
        report.events(events.subList(Math.max(0, events.size() - most), events.size()));
        return 0;
    }

    private void selection(JobsApi jobs, JobKey key, JobReport report) {
        try {
            report.selection(jobs.selection(key.namespace(), key.id()));
        } catch (FaultException e) {
            if (!ASIDE.contains(e.fault())) {
                throw e;
            }
            session.out().println("clients: not known now (" + e.getMessage() + ")");
        }
    }

    private static List<JobEvent> events(JobsApi jobs, JobKey key) {
        List<JobEvent> all = new ArrayList<>();
        List<JobEvent> page = jobs.events(key.namespace(), key.id(), 0);
        while (!page.isEmpty()) {
            all.addAll(page);
            page = jobs.events(key.namespace(), key.id(), all.getLast().seq());
        }
        return all;
    }
}
