package io.nsfl.scheduler.launch;

import io.nsfl.protocol.ids.JobKey;
import io.nsfl.scheduler.job.Job;
import io.nsfl.workload.WorkloadSpec;
import io.nsfl.workload.WorkloadStatus;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A job's coordinator as a workload: pure, from the job to its description. */
public final class CoordinatorWorkload {
    private static final String ROLE = "nsfl-role";
    private static final String NAMESPACE = "nsfl-namespace";
    private static final String JOB = "nsfl-job";
    /** Labels of every coordinator. */
    public static final Map<String, String> ALL = Map.of(ROLE, "coordinator");

    private CoordinatorWorkload() {}

    /** @param configuration its start configuration @param namespace the namespace's directory */
    static WorkloadSpec of(Job job, Path configuration, Path namespace, CoordinatorSettings settings) {
        List<String> command = new ArrayList<>(settings.command());
        command.add("--config_file");
        command.add(configuration.toString());
        WorkloadSpec.Builder workload = WorkloadSpec.of(job.workload(), job.revision(), command)
                .label(ROLE, "coordinator")
                .label(NAMESPACE, job.key().namespace())
                .label(JOB, job.key().id())
                .image(settings.image())
                .environment(
                        "REPORT_PERIOD", Long.toString(settings.reportPeriod().toSeconds()))
                .environment(
                        "JOB_SCHEDULER_ADDRESS", settings.schedulerAddress().get())
                .environment("SELECTOR_ADDRESS", settings.selectorAddress())
                .environment("COORDINATOR_WORKSPACE_PATH", namespace.toString())
                .environment("DEPLOYMENT_WAY", settings.deploymentWay())
                // glibc would keep an arena of freed memory for every few threads.
                .environment("MALLOC_ARENA_MAX", "2")
                .environment("NSFL_SECRETS", "stdin")
                .environment("NSFL_BIND", "127.0.0.1")
                .environment("NSFL_EPHEMERAL_PORT", "true")
                .secret("internal_secret", settings.internalSecret());
        settings.tls().forEach(workload::environment);
        return workload.build();
    }

    /** Whose coordinator this is. */
    public static JobKey job(WorkloadStatus status) {
        return new JobKey(
                status.labels().getOrDefault(NAMESPACE, ""), status.labels().getOrDefault(JOB, ""));
    }
}
