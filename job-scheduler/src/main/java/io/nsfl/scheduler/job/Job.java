package io.nsfl.scheduler.job;

import io.nsfl.protocol.ids.JobKey;
import io.nsfl.protocol.v1.RunRef;
import io.nsfl.storage.document.Document;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A job as it is stored at one version: the user's document, the fields that the server adds, and under {@value #INTERNAL} what only the
 * scheduler needs. Immutable.
 */
public final class Job {
    /** Key of the scheduler's own part, which no answer shows. */
    public static final String INTERNAL = "_nsfl";

    private final Document document;

    Job(Document document) {
        this.document = document;
    }

    public JobKey key() {
        return new JobKey(text("namespace"), text("id"));
    }

    public JobState state() {
        String name = document.data().path("status").path("state").asString("");
        return JobState.of(name)
                .orElseThrow(() -> new IllegalStateException("Job " + key() + " has the unknown state " + name));
    }

    /** One sentence, or empty. */
    public String reason() {
        return document.data().path("status").path("reason").asString("");
    }

    /** The clients it names, separated by commas; empty = any. */
    public String clients() {
        return text("clients");
    }

    /** The run it is in, a UUID. */
    public String run() {
        return internal("run").asString("");
    }

    /** The launch of its coordinator within the run; 0 before the first. */
    public long epoch() {
        return internal("epoch").asLong(0);
    }

    /** How often its coordinator was launched again since it last committed a round. */
    public int restarts() {
        return internal("restarts").asInt(0);
    }

    /** Whether the coordinator of this epoch has reported. */
    public boolean reported() {
        return internal("reported").asBoolean(false);
    }

    /** Whether what it has to publish of this run is settled. */
    public boolean published() {
        return internal("published").asString("").equals(run());
    }

    /** {@code host:port} of its coordinator's gRPC server, once that is known. */
    public Optional<String> address() {
        return internal("address").asStringOpt().filter(given -> !given.isEmpty());
    }

    /** Name of its coordinator's workload. */
    public String workload() {
        return key().serviceName();
    }

    /** What the coordinator's workload of this epoch is launched as. */
    public String revision() {
        return run() + "/" + epoch();
    }

    public RunRef runRef() {
        return RunRef.newBuilder()
                .setNamespace(text("namespace"))
                .setJob(text("id"))
                .setRun(run())
                .setEpoch(epoch())
                .build();
    }

    /** Whether this is the same launch of the same run as {@code other}. */
    public boolean sameLaunch(Job other) {
        return run().equals(other.run()) && epoch() == other.epoch();
    }

    public long version() {
        return document.version();
    }

    /** A copy of everything, the internal part included. */
    public ObjectNode data() {
        return document.data().deepCopy();
    }

    /** A copy of what users see. */
    public ObjectNode shown() {
        ObjectNode data = data();
        data.remove(INTERNAL);
        return data;
    }

    Document document() {
        return document;
    }

    /** Its content after an edit. */
    ObjectNode edited(Consumer<JobEdit> edit) {
        JobEdit edited = new JobEdit(data());
        edit.accept(edited);
        return edited.data();
    }

    private String text(String field) {
        return document.data().path(field).asString("");
    }

    private JsonNode internal(String field) {
        return document.data().path(INTERNAL).path(field);
    }
}
