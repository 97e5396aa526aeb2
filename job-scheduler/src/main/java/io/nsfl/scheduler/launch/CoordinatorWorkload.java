package io.nsfl.scheduler.launch;

import io.nsfl.protocol.ids.JobKey;
import io.nsfl.scheduler.job.Job;
import io.nsfl.workload.Mount;
import io.nsfl.workload.WorkloadService;
import io.nsfl.workload.WorkloadSpec;
import io.nsfl.workload.WorkloadStatus;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A job's coordinator as a workload, process or pod: pure, from the job to its description. */
public final class CoordinatorWorkload {
    private static final String COMPONENT = "component";
    private static final String COORDINATOR = "coordinator";
    private static final String NAMESPACE = "namespace";
    private static final String JOB = "job";
    /** Labels of every coordinator. */
    public static final Map<String, String> ALL = Map.of(COMPONENT, COORDINATOR);

    private final CoordinatorSettings settings;
    private final JobFiles files;

    CoordinatorWorkload(CoordinatorSettings settings, JobFiles files) {
        this.settings = settings;
        this.files = files;
    }

    /** @param configuration the file that the start configuration was written to */
    WorkloadSpec of(Job job, Path configuration, CoordinatorStart start) {
        List<String> command = new ArrayList<>(settings.pods().isPresent() ? List.of() : settings.command());
        command.add("--config_file");
        command.add(configuration.toString());
        Path namespace = files.namespace(job.key().namespace());
        WorkloadSpec.Builder workload = WorkloadSpec.of(job.workload(), job.revision(), command)
                .label(COMPONENT, COORDINATOR)
                .label(NAMESPACE, job.key().namespace())
                .label(JOB, job.key().id())
                .label("run", job.run())
                .label("epoch", Long.toString(job.epoch()))
                .environment(
                        "REPORT_PERIOD", Long.toString(settings.reportPeriod().toSeconds()))
                .environment(
                        "JOB_SCHEDULER_ADDRESS", settings.schedulerAddress().get())
                .environment("SELECTOR_ADDRESS", settings.selectorAddress())
                .environment(
                        "COORDINATOR_WORKSPACE_PATH", settings.seen(namespace).toString())
                .environment("DEPLOYMENT_WAY", settings.deploymentWay())
                // glibc would keep an arena of freed memory for every few threads.
                .environment("MALLOC_ARENA_MAX", "2")
                .secret("internal_secret", settings.internalSecret());
        settings.handedDown().forEach(workload::environment);
        settings.pods()
                .ifPresentOrElse(
                        pods -> inPod(workload, configuration.getParent(), start, pods),
                        () -> workload.environment("NSFL_BIND", "127.0.0.1")
                                .environment("NSFL_EPHEMERAL_PORT", "true"));
        return workload.build();
    }

    /** Its own directory, with configuration and journal, stays at this service's path; of the rest it sees only what its job names. */
    private void inPod(WorkloadSpec.Builder workload, Path own, CoordinatorStart start, CoordinatorPods pods) {
        workload.image(settings.image())
                .imageEntrypoint()
                .environment("NSFL_BIND", "$(NSFL_POD_IP)")
                .environment("NSFL_VIA_PROXY", "true")
                .port(start.port())
                .service(new WorkloadService(List.of(new WorkloadService.Port(pods.port(), start.port())), false));
        List<SeenFile> mounted = new ArrayList<>(start.files());
        mounted.add(new SeenFile("entrypoint", own, own, true));
        for (SeenFile file : SeenFile.outermost(mounted)) {
            workload.mount(pods.mount(file.name(), file.file(), file.seen(), !file.writable()));
            if (file.writable() && pods.prepareDirectories()) {
                workload.prepare(file.seen());
            }
        }
        pods.tlsSecret()
                .ifPresent(secret -> workload.mount(
                                new Mount("tls", new Mount.Source.Stored(secret), CoordinatorPods.TLS_DIRECTORY, true))
                        .environment("NSFL_TLS_DIRECTORY", CoordinatorPods.TLS_DIRECTORY.toString()));
    }

    /** Whose coordinator this is. */
    public static JobKey job(WorkloadStatus status) {
        return new JobKey(
                status.labels().getOrDefault(NAMESPACE, ""), status.labels().getOrDefault(JOB, ""));
    }
}
