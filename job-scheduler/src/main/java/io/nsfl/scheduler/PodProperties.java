package io.nsfl.scheduler;

import io.nsfl.scheduler.launch.CoordinatorPods;
import io.nsfl.servicekit.lifecycle.ConfigurationProblems;
import io.nsfl.workload.Mount;
import java.nio.file.Path;
import java.util.Optional;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How coordinators run as pods; read only where they do. {@code nsfl-job-scheduler.yaml} says which environment variable sets what.
 *
 * @param sourceMountPath the shared root on the nodes
 * @param workspaceClaim the claim that holds the shared root, instead
 * @param filesRoot where a coordinator sees its job's files
 * @param port of the coordinators' Services
 * @param gpuResource Kubernetes' name of a GPU
 * @param prepareDirectories whether an init container gives writable directories to the coordinators' user
 * @param tlsSecret the Secret that coordinators are given their certificates by
 */
@ConfigurationProperties(prefix = "nsfl.coordinator-pods", ignoreUnknownFields = false)
public record PodProperties(
        @DefaultValue("") String sourceMountPath,
        @DefaultValue("") String workspaceClaim,
        @DefaultValue("/fl") Path filesRoot,
        @DefaultValue("50051") int port,
        @DefaultValue("nvidia.com/gpu") String gpuResource,
        @DefaultValue("true") boolean prepareDirectories,
        @DefaultValue("") String tlsSecret) {
    public PodProperties {
        ConfigurationProblems problems = new ConfigurationProblems("job-scheduler");
        problems.unless(
                sourceMountPath.startsWith("/") || !workspaceClaim.isBlank(),
                "SOURCE_MOUNT_PATH",
                sourceMountPath,
                "the shared root's absolute path on the nodes is needed, or NSFL_WORKSPACE_CLAIM");
        problems.unless(filesRoot.isAbsolute(), "COORDINATOR_WORKSPACE_PATH", filesRoot, "an absolute path is needed");
        problems.unless(port > 0 && port < 65536, "COORDINATOR_PORT", port, "a port is needed");
        problems.raise();
    }

    /** @param cloud whether coordinators see their files below {@code filesRoot}, else where this service sees them */
    CoordinatorPods pods(Path workspace, boolean cloud) {
        return new CoordinatorPods(
                workspace.toAbsolutePath().normalize(),
                workspaceClaim.isBlank()
                        ? new Mount.Source.Node(Path.of(sourceMountPath))
                        : new Mount.Source.Claim(workspaceClaim, Path.of("")),
                cloud ? Optional.of(filesRoot) : Optional.empty(),
                port,
                prepareDirectories,
                Optional.of(tlsSecret).filter(name -> !name.isBlank()));
    }
}
