package io.nsfl.scheduler.job;

import io.nsfl.protocol.ids.JobKey;
import io.nsfl.protocol.job.JobJson;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Changes to a job's document before it is written. */
public final class JobEdit {
    /** What the server adds; ignored in what a user posts, kept when he replaces the rest. */
    private static final List<String> SERVER_FIELDS =
            List.of("namespace", "create_time", "start_time", "status", "checkpoints", Job.INTERNAL);

    private final ObjectNode data;

    JobEdit(ObjectNode data) {
        this.data = data;
    }

    /** A new job from what a user posted. */
    public static JobEdit create(JobKey key, ObjectNode posted, String localTime) {
        JobEdit edit = new JobEdit(posted.deepCopy().remove(SERVER_FIELDS));
        edit.data.put("id", key.id()).put("namespace", key.namespace()).put("create_time", localTime);
        edit.data.putObject("status");
        edit.data.putObject("checkpoints");
        edit.internal().put("service", key.serviceName());
        return edit.state(JobState.QUEUING).reason("").progress(0);
    }

    /** Everything the user gave, replaced; what the server added stays. */
    public JobEdit configuration(ObjectNode posted) {
        ObjectNode kept = data.deepCopy().retain(SERVER_FIELDS);
        JsonNode id = data.get("id");
        data.removeAll();
        data.setAll(posted.deepCopy().remove(SERVER_FIELDS));
        data.set("id", id);
        data.setAll(kept);
        return this;
    }

    /** A new run: nothing of the one before counts any more, except its checkpoints. */
    public JobEdit run(String run, String localTime) {
        data.put("start_time", localTime);
        internal().put("run", run).put("epoch", 0).put("restarts", 0).remove("address");
        internal().remove("reported");
        return progress(0);
    }

    /** The next launch of the coordinator. */
    public JobEdit nextEpoch() {
        internal().put("epoch", internal().path("epoch").asLong(0) + 1).remove("address");
        internal().remove("reported");
        return this;
    }

    public JobEdit state(JobState state) {
        status().put("state", state.name());
        return this;
    }

    /** Empty = none. */
    public JobEdit reason(String reason) {
        if (reason.isEmpty()) {
            status().putNull("reason");
        } else {
            status().put("reason", reason);
        }
        return this;
    }

    public JobEdit progress(int percent) {
        status().put("progress", percent);
        return this;
    }

    public JobEdit restarts(int count) {
        internal().put("restarts", count);
        return this;
    }

    /** The coordinator of this epoch has reported. */
    public JobEdit reported() {
        internal().put("reported", true);
        return this;
    }

    /** What there is to publish of this run is published, or cannot be. */
    public JobEdit published() {
        internal().put("published", internal().path("run").asString(""));
        return this;
    }

    public JobEdit address(String address) {
        internal().put("address", address);
        return this;
    }

    public JobEdit checkpoints(Object checkpoints) {
        data.set("checkpoints", JobJson.toObject(checkpoints));
        return this;
    }

    public ObjectNode data() {
        return data;
    }

    private ObjectNode status() {
        return data.withObjectProperty("status");
    }

    private ObjectNode internal() {
        return data.withObjectProperty(Job.INTERNAL);
    }
}
