package io.nsfl.workload.kubernetes;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.PodResource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The node of a mock cluster: runs the command of each pod as a process of this machine, and tells its state. */
final class PretendKubelet implements AutoCloseable {
    private final KubernetesClient client;
    private final Path directory;
    private final Map<String, Process> processes = new ConcurrentHashMap<>();
    private final Watch watch;

    PretendKubelet(KubernetesClient client, String namespace, Path directory) {
        this.client = client;
        this.directory = directory;
        watch = client.pods().inNamespace(namespace).watch(new Watcher<>() {
            @Override
            public void eventReceived(Action action, Pod pod) {
                if (action == Action.ADDED) {
                    run(pod);
                } else if (action == Action.DELETED) {
                    kill(pod.getMetadata().getUid());
                }
            }

            @Override
            public void onClose(WatcherException cause) {}
        });
    }

    private void run(Pod pod) {
        var container = pod.getSpec().getContainers().getFirst();
        List<String> command = new ArrayList<>(container.getCommand());
        command.addAll(container.getArgs());
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log(pod.getMetadata().getName()).toFile());
        for (EnvVar variable : container.getEnv()) {
            if (variable.getValue() != null) {
                builder.environment().put(variable.getName(), variable.getValue());
            }
        }
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            processes.put(pod.getMetadata().getUid(), process);
            tell(
                    pod,
                    "Running",
                    new ContainerStateBuilder().withNewRunning().endRunning().build());
            process.onExit()
                    .thenAccept(ended -> tell(
                            pod,
                            ended.exitValue() == 0 ? "Succeeded" : "Failed",
                            new ContainerStateBuilder()
                                    .withNewTerminated()
                                    .withExitCode(ended.exitValue())
                                    .endTerminated()
                                    .build()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void tell(Pod pod, String phase, ContainerState state) {
        PodResource one = client.pods()
                .inNamespace(pod.getMetadata().getNamespace())
                .withName(pod.getMetadata().getName());
        Pod present = one.get();
        if (present != null
                && present.getMetadata().getUid().equals(pod.getMetadata().getUid())) {
            one.editStatus(now -> now.edit()
                    .editOrNewStatus()
                    .withPhase(phase)
                    .withContainerStatuses(new ContainerStatusBuilder()
                            .withName(PodManifest.MAIN)
                            .withState(state)
                            .build())
                    .endStatus()
                    .build());
        }
    }

    private void kill(String uid) {
        Process process = processes.remove(uid);
        if (process != null) {
            process.destroyForcibly();
        }
    }

    /** What its API answers for a pod's log. */
    String logOf(String pod) {
        try {
            return Files.exists(log(pod)) ? Files.readString(log(pod)) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path log(String pod) {
        return directory.resolve(pod + ".log");
    }

    @Override
    public void close() {
        watch.close();
        processes.values().forEach(Process::destroyForcibly);
    }
}
