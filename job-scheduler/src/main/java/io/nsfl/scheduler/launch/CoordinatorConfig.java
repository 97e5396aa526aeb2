package io.nsfl.scheduler.launch;

import io.nsfl.protocol.job.JobConfig;
import io.nsfl.scheduler.job.Job;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import tools.jackson.databind.node.ObjectNode;

/**
 * A coordinator's start configuration: the job's document with every path made absolute as the coordinator sees it, the identity of the run,
 * and nothing secret. What only the server keeps about the job is not in it.
 */
final class CoordinatorConfig {
    private final JobFiles files;
    private final StartModel models;
    private final UnaryOperator<Path> seen;

    /** @param seen where a coordinator sees a file of this service */
    CoordinatorConfig(JobFiles files, StartModel models, UnaryOperator<Path> seen) {
        this.files = files;
        this.models = models;
        this.seen = seen;
    }

    CoordinatorStart of(Job job, JobConfig config) {
        ObjectNode document = job.data();
        document.remove(Job.INTERNAL);
        document.remove("status");
        document.put("namespace", job.key().namespace())
                .put("job-id", job.key().serviceName())
                .put("job_name", job.key().id())
                .put("run", job.run())
                .put("epoch", job.epoch());
        Paths paths = new Paths(job.key().namespace());
        Path model = models.of(job, config);
        document.put("model_path", paths.add("model-path", model, false));
        if (config.checkpointId().isEmpty() && config.modelId().isPresent()) {
            Path place = files.place(model);
            document.putObject("model")
                    .put("model_namespace", place.getName(0).toString())
                    .put("model_path", "/" + place.subpath(1, place.getNameCount()));
        }
        paths.absolute(document, "output", "output", true);
        paths.absolute(document, "ssl", "ssl", false);
        paths.absolute(document.path("scripts"), "path", "scripts", false);
        paths.absolute(document.path("extender"), "script_path", "extender-script", false);
        paths.absolute(document.path("extenders"), "script_path", "extenders-script", false);
        return new CoordinatorStart(document, config.port(), paths.found);
    }

    private final class Paths {
        private final String namespace;
        private final List<SeenFile> found = new ArrayList<>();

        Paths(String namespace) {
            this.namespace = namespace;
        }

        void absolute(Object node, String field, String name, boolean writable) {
            if (node instanceof ObjectNode object) {
                String given = object.path(field).asString("");
                if (!given.isEmpty()) {
                    object.put(field, add(name, files.below(namespace, given), writable));
                }
            }
        }

        String add(String name, Path file, boolean writable) {
            SeenFile added = new SeenFile(name, file, seen.apply(file), writable);
            found.add(added);
            return added.seen().toString();
        }
    }
}
