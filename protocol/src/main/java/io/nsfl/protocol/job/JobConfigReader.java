package io.nsfl.protocol.job;

import io.nsfl.protocol.ids.JobKey;
import io.nsfl.protocol.ids.Runtime;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads a job object into a {@link JobConfig}: every field checked, all violations at once, documented leniencies applied
 * ({@code 1} for {@code 1.0}, {@code "True"} for {@code true}, {@code "1024"} for {@code 1024}, {@code keras} for {@code tensorflow}, …).
 * The document itself is not changed.
 */
public final class JobConfigReader {
    private static final String DEFAULT_NAMESPACE = "default";

    private static final Set<String> JOB = Set.of(
            "id",
            "description",
            "runtime",
            "output",
            "model_path",
            "model_id",
            "checkpoint_id",
            "task_entry",
            "scripts",
            "clients",
            "port",
            "ssl",
            "datasets",
            "parameters",
            "hyper_parameters",
            "resource",
            "secure_algorithm",
            "optimizer",
            "extender",
            "extenders",
            "aggregation",
            "early_stop",
            "local_layers",
            "compression",
            "differential_privacy",
            "random_client",
            "untrained_first",
            "redundancy",
            "block_default",
            "publish",
            "namespace",
            "create_time",
            "start_time",
            "status",
            "checkpoints");

    /** Of a coordinator's start configuration. */
    private static final Set<String> START = Set.of("job_name", "job-id", "host", "log_level", "model", "run", "epoch");

    private static final Set<String> KNOWN =
            Stream.concat(JOB.stream(), START.stream()).collect(Collectors.toUnmodifiableSet());

    /** Who reads, which decides what is allowed. */
    private enum Mode {
        CREATE,
        UPDATE,
        COORDINATOR
    }

    private final Mode mode;
    private final Findings findings = new Findings();
    private final ObjectNode document;
    private final JsonFields job;

    private JobConfigReader(Mode mode, ObjectNode job) {
        this.mode = mode;
        this.document = job;
        this.job = new JsonFields(job, "$", findings);
    }

    /** The names of a job object's documented fields; others are the user's own. */
    public static Set<String> jobFields() {
        return JOB;
    }

    /**
     * A job object as posted to the job-scheduler: paths stay below the namespace, hyper parameters are above zero, and there is no
     * checkpoint to start from yet.
     */
    public static Reading<JobConfig> forCreate(String namespace, ObjectNode job) {
        return new JobConfigReader(Mode.CREATE, job).read(namespace);
    }

    /** A job object that replaces a stored one, or that is stored: as for create, and {@code checkpoint_id} is allowed. */
    public static Reading<JobConfig> forUpdate(String namespace, ObjectNode job) {
        return new JobConfigReader(Mode.UPDATE, job).read(namespace);
    }

    /**
     * A coordinator's start configuration: {@code job_name} or {@code id}, {@code namespace} (default {@code default}), absolute paths
     * allowed, {@code model_path} required, {@code evaluate_interval} and {@code save_interval} of 0 allowed.
     */
    public static Reading<JobConfig> forCoordinator(ObjectNode config) {
        JobConfigReader reader = new JobConfigReader(Mode.COORDINATOR, config);
        return reader.read(reader.job.filledString("namespace").orElse(DEFAULT_NAMESPACE));
    }

    private Reading<JobConfig> read(String namespace) {
        job.warnOfMisspelt(KNOWN);
        JobKey key = key(namespace);
        Optional<Runtime> runtime = runtime();
        HyperParameters hyper = HyperParametersReader.read(job, mode == Mode.COORDINATOR ? 0 : 1);
        Model model = model(runtime);
        Optional<Scripts> scripts = scripts();
        Optional<String> taskEntry = taskEntry(scripts.isPresent());
        String output = output();
        job.filledString("ssl").ifPresent(directory -> path(job, "ssl", directory));
        SecureAlgorithm.check(job);
        NotOffered.check(job);
        PublishRequest.read(job);
        Optional<OptimizerConfig> optimizer = OptimizerConfig.read(job, hyper);
        JobMethod method = JobMethodReader.read(job, hyper, optimizer);
        int port = (int) job.integer("port", JobConfig.DEFAULT_PORT, 1024, 65535);
        ResourceRequest resource = resource();
        ObjectNode parameters = job.scalars("parameters");
        List<String> clients = list("clients");
        List<String> datasets = list("datasets");
        String description = job.string("description").orElse("");
        boolean random = job.bool("random_client", false);
        boolean untrainedFirst = job.bool("untrained_first", false);
        double redundancy = redundancy();
        Storable.check(document, findings);
        return findings.reading(() -> new JobConfig(
                key,
                description,
                runtime.orElseThrow(),
                output,
                model.path(),
                model.id(),
                model.checkpoint(),
                taskEntry,
                scripts,
                clients,
                port,
                datasets,
                parameters,
                hyper,
                resource,
                optimizer,
                method,
                random,
                untrainedFirst,
                redundancy));
    }

    private JobKey key(String namespace) {
        String field = mode == Mode.COORDINATOR && job.has("job_name") ? "job_name" : "id";
        Optional<String> id = job.requiredString(field, "the job's name, unique in its namespace");
        JobKey key = new JobKey(namespace, id.orElse(""));
        if (id.isPresent() && !JobNames.isId(id.get())) {
            job.violation(
                    field, "must be 1 to 100 small letters, digits and dashes, with a letter or a digit at both ends");
        } else if (id.isPresent() && mode != Mode.COORDINATOR) {
            JobNames.refusedByKubernetes(key).ifPresent(why -> job.violation(field, why));
        }
        return key;
    }

    private Optional<Runtime> runtime() {
        Optional<String> given = job.requiredString("runtime", "tensorflow, pytorch or dl4j");
        Optional<Runtime> runtime = given.flatMap(Runtime::of);
        if (given.isPresent() && runtime.isEmpty()) {
            job.violation("runtime", "must be tensorflow (or keras), pytorch or dl4j");
        }
        return runtime;
    }

    /** Where the run's first model comes from: exactly one of the three. */
    private record Model(Optional<String> path, Optional<String> id, Optional<String> checkpoint) {}

    private Model model(Optional<Runtime> runtime) {
        Optional<String> path = job.filledString("model_path");
        Optional<String> id = job.filledString("model_id");
        Optional<String> checkpoint = job.filledString("checkpoint_id");
        path.ifPresent(given -> modelPath(given, runtime));
        return switch (mode) {
            case COORDINATOR -> {
                if (path.isEmpty()) {
                    job.violation("model_path", "must be given: the file of the initial model");
                }
                yield new Model(path, Optional.empty(), Optional.empty());
            }
            case CREATE, UPDATE -> {
                if (mode == Mode.CREATE && checkpoint.isPresent()) {
                    job.violation("checkpoint_id", "must not be given: a new job has no checkpoints yet");
                }
                if (path.isEmpty() && id.isEmpty() && checkpoint.isEmpty()) {
                    job.violation("model_path", "or model_id must be given: the model to start from");
                }
                yield preferred(path, id, checkpoint);
            }
        };
    }

    private Model preferred(Optional<String> path, Optional<String> id, Optional<String> checkpoint) {
        if (checkpoint.isPresent()) {
            return new Model(Optional.empty(), Optional.empty(), checkpoint);
        }
        if (id.isPresent() && path.isPresent()) {
            job.warning("model_path", "has no effect because model_id is given");
        }
        return id.isPresent()
                ? new Model(Optional.empty(), id, Optional.empty())
                : new Model(path, Optional.empty(), Optional.empty());
    }

    private void modelPath(String given, Optional<Runtime> runtime) {
        path(job, "model_path", given);
        String name = given.toLowerCase(Locale.ROOT);
        if (runtime.isPresent() && runtime.get().modelSuffixes().stream().noneMatch(name::endsWith)) {
            job.violation(
                    "model_path",
                    "must end in " + String.join(" or ", runtime.get().modelSuffixes()) + " for runtime "
                            + runtime.get().canonicalName());
        }
    }

    private Optional<Scripts> scripts() {
        if (job.object("scripts").isEmpty()) {
            return Optional.empty();
        }
        JsonFields scripts = job.fields("scripts");
        scripts.warnOfMisspelt(Set.of("path", "config_file"));
        Optional<String> path = scripts.requiredString("path", "the directory of the scripts");
        Optional<String> configFile =
                scripts.requiredString("config_file", "the name of the task config in that directory");
        path.ifPresent(directory -> path(scripts, "path", directory));
        configFile.flatMap(NamespacePath::refused).ifPresent(why -> scripts.violation("config_file", why));
        return Optional.of(new Scripts(path.orElse(""), configFile.orElse("")));
    }

    private Optional<String> taskEntry(boolean scripts) {
        Optional<String> entry = job.filledString("task_entry");
        if (entry.isEmpty() && !scripts && !job.has("scripts")) {
            job.violation("scripts", "or task_entry must be given: what the clients run");
        }
        if (entry.isPresent() && scripts) {
            job.violation("task_entry", "and scripts exclude each other: give one of them");
        }
        if (entry.isPresent() && !entry.get().matches("[^/\\\\\\p{Cntrl}]{1,255}")
                || entry.filter(".."::equals).isPresent()) {
            job.violation("task_entry", "must be the name of a task config on the clients, without directories");
        }
        return entry;
    }

    private String output() {
        Optional<String> output = job.string("output");
        if (!job.has("output") && mode != Mode.COORDINATOR) {
            job.violation("output", "must be given: the directory for results, below the namespace");
        }
        output.ifPresent(directory -> path(job, "output", directory));
        return output.orElse("");
    }

    private void path(JsonFields fields, String name, String given) {
        NamespacePath.refused(given).ifPresent(why -> fields.violation(name, why));
    }

    private ResourceRequest resource() {
        ResourceRequest absent = ResourceRequest.defaults();
        JsonFields resource = job.fields("resource");
        resource.warnOfMisspelt(Set.of("worker_num", "cpu", "gpu", "memory"));
        return new ResourceRequest(
                resource.count("worker_num", absent.workerNum(), 0),
                resource.decimal("cpu", absent.cpu(), true),
                resource.count("gpu", absent.gpu(), 0),
                resource.integer("memory", absent.memoryMb(), 0, Integer.MAX_VALUE));
    }

    private List<String> list(String name) {
        return job.string(name).stream()
                .flatMap(text -> Arrays.stream(text.split(",")))
                .map(String::strip)
                .filter(item -> !item.isEmpty())
                .distinct()
                .toList();
    }

    private double redundancy() {
        double given = job.decimal("redundancy", 1, true);
        double clamped = Math.clamp(given, 1, 2);
        if (given != clamped) {
            job.warning("redundancy", "is taken as " + clamped + ": it goes from 1 to 2");
        }
        return clamped;
    }
}
