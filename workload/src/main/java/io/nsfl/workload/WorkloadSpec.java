package io.nsfl.workload;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What to run. Plain data: the same description serves a pod and a process, which ignores image, ports and mounts.
 *
 * @param name unique at the launcher; what Kubernetes accepts as a name (lower case letters, digits, dashes, at most 63)
 * @param revision says whether a running workload of this name is this one: for example run and epoch, or a hash
 * @param labels to find it by
 * @param image container image; processes need none
 * @param command program and arguments; never holds secrets
 * @param workingDirectory absent = where the launcher keeps its state of it
 * @param environment added to the launcher's allow-list of inherited variables; never holds secrets
 * @param secrets given to the program as one JSON object: to a process on standard input (which is then closed; without secrets it is
 *     empty), to a pod in a file; the variable {@link #SECRETS} says where
 * @param mounts of a pod
 * @param prepared targets of mounts that are given to the program's user before it starts, in a pod
 * @param ports it listens on
 * @param service how other pods reach it
 * @param imageEntrypoint whether, in a pod, the command is arguments of the image's entry point
 */
public record WorkloadSpec(
        String name,
        String revision,
        Map<String, String> labels,
        Optional<String> image,
        List<String> command,
        Optional<Path> workingDirectory,
        Map<String, String> environment,
        Map<String, String> secrets,
        List<Mount> mounts,
        List<Path> prepared,
        List<Integer> ports,
        Optional<WorkloadService> service,
        boolean imageEntrypoint,
        WorkloadResources resources) {
    /** Environment variable that says where the secrets are: {@code stdin}, or {@code file:} and a path. */
    public static final String SECRETS = "NSFL_SECRETS";

    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

    public WorkloadSpec {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("\"" + name
                    + "\" cannot name a workload: lower case letters, digits and dashes, at most 63, are allowed");
        }
        if (command.isEmpty()) {
            throw new IllegalArgumentException("Workload " + name + " has no command");
        }
        labels = Map.copyOf(labels);
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
        secrets = Map.copyOf(secrets);
        mounts = List.copyOf(mounts);
        prepared = List.copyOf(prepared);
        ports = List.copyOf(ports);
    }

    /** Starts a description; what is not said stays empty. */
    public static Builder of(String name, String revision, List<String> command) {
        return new Builder(name, revision, command);
    }

    /** Without the values of the secrets. */
    @Override
    public String toString() {
        return "WorkloadSpec[" + name + " revision=" + revision + " labels=" + labels + " command=" + command
                + " secrets=" + secrets.keySet() + "]";
    }

    /** Collects a {@link WorkloadSpec}; not for several threads. */
    public static final class Builder {
        private final String name;
        private final String revision;
        private final List<String> command;
        private final Map<String, String> labels = new LinkedHashMap<>();
        private final Map<String, String> environment = new LinkedHashMap<>();
        private final Map<String, String> secrets = new LinkedHashMap<>();
        private final List<Mount> mounts = new ArrayList<>();
        private final List<Path> prepared = new ArrayList<>();
        private final List<Integer> ports = new ArrayList<>();
        private Optional<WorkloadService> service = Optional.empty();
        private boolean imageEntrypoint;
        private Optional<String> image = Optional.empty();
        private Optional<Path> workingDirectory = Optional.empty();
        private WorkloadResources resources = WorkloadResources.UNLIMITED;

        private Builder(String name, String revision, List<String> command) {
            this.name = name;
            this.revision = revision;
            this.command = command;
        }

        public Builder label(String key, String value) {
            labels.put(key, value);
            return this;
        }

        public Builder image(String value) {
            image = Optional.of(value);
            return this;
        }

        public Builder workingDirectory(Path value) {
            workingDirectory = Optional.of(value);
            return this;
        }

        public Builder environment(String key, String value) {
            environment.put(key, value);
            return this;
        }

        public Builder secret(String key, String value) {
            secrets.put(key, value);
            return this;
        }

        public Builder mount(Mount value) {
            mounts.add(value);
            return this;
        }

        /** The target of a writable mount that the program's user may not own yet. */
        public Builder prepare(Path target) {
            prepared.add(target);
            return this;
        }

        public Builder service(WorkloadService value) {
            service = Optional.of(value);
            return this;
        }

        /** In a pod the command is given to the image's entry point as its arguments. */
        public Builder imageEntrypoint() {
            imageEntrypoint = true;
            return this;
        }

        public Builder port(int value) {
            ports.add(value);
            return this;
        }

        public Builder resources(WorkloadResources value) {
            resources = value;
            return this;
        }

        public WorkloadSpec build() {
            return new WorkloadSpec(
                    name,
                    revision,
                    labels,
                    image,
                    command,
                    workingDirectory,
                    environment,
                    secrets,
                    mounts,
                    prepared,
                    ports,
                    service,
                    imageEntrypoint,
                    resources);
        }
    }
}
