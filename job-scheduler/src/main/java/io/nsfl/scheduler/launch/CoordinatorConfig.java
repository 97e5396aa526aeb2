package io.nsfl.scheduler.launch;

import io.nsfl.protocol.job.JobConfig;
import io.nsfl.scheduler.job.Job;
import java.nio.file.Path;
import tools.jackson.databind.node.ObjectNode;

/**
 * A coordinator's start configuration: the job's document with every path made absolute, the identity of the run, and nothing secret. What
 * only the server keeps about the job is not in it.
 */
final class CoordinatorConfig {
    private final JobFiles files;
    private final StartModel models;

    CoordinatorConfig(JobFiles files, StartModel models) {
        this.files = files;
        this.models = models;
    }

    ObjectNode of(Job job, JobConfig config) {
        String namespace = job.key().namespace();
        ObjectNode document = job.data();
        document.remove(Job.INTERNAL);
        document.remove("status");
        document.put("namespace", namespace)
                .put("job-id", job.key().serviceName())
                .put("job_name", job.key().id())
                .put("run", job.run())
                .put("epoch", job.epoch());
        document.put("model_path", models.of(job, config).toString());
        absolute(document, "output", namespace);
        absolute(document, "ssl", namespace);
        absolute(document, "scripts", "path", namespace);
        absolute(document, "extender", "script_path", namespace);
        absolute(document, "extenders", "script_path", namespace);
        return document;
    }

    private void absolute(ObjectNode document, String object, String field, String namespace) {
        if (document.get(object) instanceof ObjectNode nested) {
            absolute(nested, field, namespace);
        }
    }

    private void absolute(ObjectNode document, String field, String namespace) {
        String given = document.path(field).asString("");
        if (!given.isEmpty()) {
            Path path = files.below(namespace, given);
            document.put(field, path.toString());
        }
    }
}
