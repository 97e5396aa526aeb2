package io.nsfl.scheduler.models;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultCategory;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.job.JobConfig;
import io.nsfl.protocol.job.JobConfigReader;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.protocol.job.PublishRequest;
import io.nsfl.scheduler.job.EventLog;
import io.nsfl.scheduler.job.Job;
import io.nsfl.scheduler.job.JobEdit;
import io.nsfl.scheduler.job.JobFlow;
import io.nsfl.scheduler.job.JobState;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Registers the final model of a finished job that asks for it, once per run: the model's path holds the run's own output directory, so
 * a model that comes from there is the one that was registered before an interruption.
 */
public final class Publication {
    private static final Duration AGAIN = Duration.ofSeconds(10);
    private static final int MOST_TRIES = 30;
    private static final String PUBLISHED = "MODEL_PUBLISHED";
    private static final String WARNING = "WARNING";
    private static final Pattern CHECKPOINT = Pattern.compile("checkpoint_v([0-9]{1,9})");

    private final JobFlow flow;
    private final EventLog events;
    private final ModelManagerCalls models;

    public Publication(JobFlow flow, EventLog events, ModelManagerCalls models) {
        this.flow = flow;
        this.events = events;
        this.models = models;
    }

    /** What came of a try. @param settled whether there is nothing more to do */
    private record Outcome(boolean settled, String type, String message) {}

    /** A job that is FINISHED. In its mailbox; goes on in the background. Harmless when repeated. */
    public void begin(Job job) {
        attempt(job, 1);
    }

    private void attempt(Job job, int attempt) {
        Optional<PublishRequest> wanted = PublishRequest.of(job.data());
        if (wanted.isEmpty() || job.published() || job.state() != JobState.FINISHED) {
            return;
        }
        flow.aside(() -> {
            Outcome outcome = publish(job, wanted.get());
            boolean last = outcome.settled() || attempt >= MOST_TRIES;
            if (last) {
                flow.postFor(job, now -> settle(now, outcome));
            } else {
                flow.laterFor(job, AGAIN, now -> attempt(now, attempt + 1));
            }
        });
    }

    private void settle(Job job, Outcome outcome) {
        events.tell(job, outcome.type(), outcome.message());
        flow.edit(job, JobEdit::published);
    }

    private Outcome publish(Job job, PublishRequest wanted) {
        Optional<String> checkpoint = last(job);
        if (checkpoint.isEmpty()) {
            return new Outcome(true, WARNING, "The final model is not published: the run has no checkpoint.");
        }
        String namespace = job.key().namespace();
        String path = namespace + ":" + checkpoint.get();
        try {
            Optional<StoredModel> before = models.versions(namespace, wanted.name()).stream()
                    .filter(model -> model.modelPath().equals(path))
                    .findFirst();
            StoredModel model = before.isPresent() ? before.get() : models.create(namespace, model(job, wanted, path));
            return new Outcome(true, PUBLISHED, "The final model is model %s.".formatted(model.id()));
        } catch (FaultException refused) {
            return new Outcome(
                    refused.fault().category() == FaultCategory.USER,
                    WARNING,
                    "The final model is not published: " + refused.getMessage());
        }
    }

    private static ObjectNode model(Job job, PublishRequest wanted, String path) {
        JobConfig config = JobConfigReader.forUpdate(job.key().namespace(), job.data())
                .orThrow(Fault.REQUEST_INVALID, "The stored job " + job.key());
        ObjectNode model = JobJson.newObject()
                .put("name", wanted.name())
                .put("runtime", config.runtime().canonicalName())
                .put(
                        "description",
                        wanted.description().isEmpty()
                                ? "Final model of job " + job.key().id()
                                : wanted.description())
                .put("model_path", path);
        wanted.version().ifPresent(version -> model.put("version", version));
        return model;
    }

    /** Path of the last checkpoint, below the namespace. */
    private static Optional<String> last(Job job) {
        int highest = -1;
        String path = "";
        for (var checkpoint : job.data().path("checkpoints").properties()) {
            Matcher name = CHECKPOINT.matcher(checkpoint.getKey());
            int number = name.matches() ? Integer.parseInt(name.group(1)) : -1;
            JsonNode given = checkpoint.getValue().path("path");
            if (number > highest && given.isString()) {
                highest = number;
                path = given.stringValue();
            }
        }
        return Optional.of(path).filter(found -> !found.isEmpty());
    }
}
