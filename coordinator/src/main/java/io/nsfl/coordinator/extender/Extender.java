package io.nsfl.coordinator.extender;

import io.nsfl.coordinator.round.WorkId;
import io.nsfl.federation.tensor.TensorSpec;
import io.nsfl.protocol.archive.ArchiveException;
import io.nsfl.protocol.archive.FileArchive;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.job.AggregationConfig;
import io.nsfl.protocol.job.ExtenderConfig;
import io.nsfl.protocol.job.JobConfig;
import io.nsfl.protocol.job.JobJson;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The extender of a job. Its functions run in a process for each call: {@code broadcast} before a round or an evaluation is opened,
 * {@code aggregate} for each counted update and then {@code finish}, all in one process, when a round's set is closed.
 *
 * <p>What it wants to know in the next round it leaves in the directory that {@code NSFL_EXTENDER_STATE} names; that of the last committed
 * round is there at every call. One thread at a time, but for {@link #stop}.
 */
public final class Extender {
    private static final FileArchive.Limits STATE = new FileArchive.Limits(10_000, 256L << 20);
    private static final int MOST_FILES = 100;
    private static final long MOST_BYTES = 256L << 20;
    private static final String NAME = "[A-Za-z0-9_][A-Za-z0-9._-]{0,127}";

    private final JobConfig job;
    private final ExtenderConfig config;
    private final Path directory;
    private final ExtenderProcesses processes;
    private final Path scratch;
    private final ExtenderProgram program;
    private final KeptUpdates kept;
    private int calls;

    private Extender(JobConfig job, ExtenderConfig config, ExtenderProcesses processes, Path scratch) {
        this.job = job;
        this.config = config;
        this.directory = Path.of(config.scriptPath()).toAbsolutePath();
        this.processes = processes;
        this.scratch = scratch;
        this.program = ExtenderProgram.of(directory, config.entry(), scratch.resolve("program"), processes.settings());
        this.kept = new KeptUpdates(scratch.resolve("updates"));
    }

    /**
     * What came of a round's end.
     *
     * @param weights safetensors of what takes the place of the updates' mean; empty = nothing does
     * @param state zip of what the extender wants to know in the next round, if this round is committed
     */
    public record EndOfRound(Optional<Path> weights, Path state) {}

    /**
     * The job's extender, loaded once to see that it has the functions that the job names; empty = the job has none.
     *
     * @param scratch a directory on local disk for it alone
     * @throws FaultException CONFIGURATION_INVALID says what is missing
     */
    public static Optional<Extender> open(JobConfig job, ExtenderProcesses processes, Path scratch) {
        return job.method().extender().map(config -> {
            if (!Files.isDirectory(Path.of(config.scriptPath()))) {
                throw new FaultException(
                        Fault.CONFIGURATION_INVALID,
                        "The extender's script_path " + config.scriptPath() + " is not a directory.");
            }
            Extender extender = new Extender(job, config, processes, scratch);
            extender.check();
            return extender;
        });
    }

    private void check() {
        try {
            call("check", new WorkDirectory(next()), request("check"), Optional.empty(), Map.of());
        } catch (FaultException failed) {
            throw failed.fault() == Fault.STORAGE_UNAVAILABLE
                    ? failed
                    : new FaultException(
                            Fault.CONFIGURATION_INVALID,
                            "The extender " + config.entry() + " cannot be used: " + failed.getMessage(),
                            failed);
        }
    }

    /** Whether its result takes the place of the updates' mean. */
    public boolean aggregates() {
        return job.method()
                .aggregation()
                .filter(aggregation -> aggregation.name().equals(AggregationConfig.EXTENDER))
                .isPresent();
    }

    /**
     * What it gives the clients of some work; empty = it has no broadcast.
     *
     * @param state as the last committed round left it; empty = none did
     * @throws FaultException EXTENDER_FAILED
     */
    public Optional<Broadcast> broadcast(WorkId work, Optional<Path> state) {
        if (config.broadcast().isEmpty()) {
            return Optional.empty();
        }
        WorkDirectory place = new WorkDirectory(next());
        ObjectNode request = request("broadcast");
        request.set("parameters", job.parameters());
        ObjectNode response = call("broadcast", place, request, state, variables(work));
        return Optional.of(new Broadcast(JobJson.text(response.path("params")), files(response, place)));
    }

    /** What was kept of the attempt before is gone. */
    public void beginRound() {
        kept.clear();
    }

    /** Keeps a counted update for the end of the round. @param resultFiles zip of what the script left */
    public void keep(String client, Path update, Optional<Path> resultFiles, Map<String, Double> metrics) {
        if (config.aggregate().isPresent()) {
            kept.keep(client, update, resultFiles, metrics);
        }
    }

    /**
     * Calls {@code aggregate} for each kept update, in the order of the clients' ids, then {@code finish}.
     *
     * @param included whose updates count
     * @param tensors of the round's aggregate
     * @throws FaultException EXTENDER_FAILED
     */
    public Optional<EndOfRound> endRound(
            WorkId work, Set<String> included, List<TensorSpec> tensors, Optional<Path> state) {
        if (config.aggregate().isEmpty() && config.finish().isEmpty()) {
            return Optional.empty();
        }
        WorkDirectory place = new WorkDirectory(next());
        ObjectNode request = request("round");
        request.put("runtime", job.runtime().canonicalName());
        request.put("weights_wanted", aggregates());
        ArrayNode specs = request.putArray("tensors");
        tensors.forEach(spec -> describe(spec, specs.addObject()));
        ArrayNode updates = request.putArray("updates");
        kept.all().forEach((client, update) -> {
            if (included.contains(client)) {
                describe(client, update, updates.addObject());
            }
        });
        call(config.aggregate().isPresent() ? "aggregate" : "finish", place, request, state, variables(work));
        Path weights = place.out().resolve("weights.safetensors");
        return Optional.of(new EndOfRound(
                aggregates() ? Optional.of(plain(weights, "weights")) : Optional.empty(), packed(place)));
    }

    /** Ends what runs. From any thread. */
    public void stop(String reason) {
        processes.stop(reason);
    }

    private ObjectNode call(
            String function,
            WorkDirectory place,
            ObjectNode request,
            Optional<Path> state,
            Map<String, String> variables) {
        try {
            ExtenderProcesses.forget(place.path());
            Files.createDirectories(place.state());
            if (state.isPresent()) {
                FileArchive.extract(state.get(), place.state(), STATE);
            }
        } catch (IOException failed) {
            throw ExtenderProcesses.unusable(place.path(), failed);
        }
        Map<String, String> all = new LinkedHashMap<>(variables);
        all.put("NSFL_JOB", job.key().id());
        all.put("NSFL_EXTENDER_STATE", place.state().toString());
        try {
            return processes.call(program, directory, place.path(), request, all);
        } catch (FaultException failed) {
            throw failed.fault() == Fault.STORAGE_UNAVAILABLE
                    ? failed
                    : new FaultException(
                            Fault.EXTENDER_FAILED,
                            "The extender's " + function + " failed: "
                                    + failed.getMessage().replaceFirst("\\.$", ""),
                            failed);
        }
    }

    private ObjectNode request(String call) {
        ObjectNode request = JobJson.newObject();
        request.put("call", call);
        request.put("entry", program.entry());
        ObjectNode functions = request.putObject("functions");
        config.broadcast().ifPresent(name -> functions.put("broadcast", name));
        config.aggregate().ifPresent(name -> functions.put("aggregate", name));
        config.finish().ifPresent(name -> functions.put("finish", name));
        return request;
    }

    private static Map<String, String> variables(WorkId work) {
        return Map.of(
                "NSFL_ROUND", Integer.toString(work.round()),
                "NSFL_ATTEMPT", Integer.toString(work.attempt()),
                "NSFL_KIND", work.trains() ? "train" : "evaluate");
    }

    private SortedMap<String, Path> files(ObjectNode response, WorkDirectory place) {
        SortedMap<String, Path> files = new TreeMap<>();
        int index = 0;
        long bytes = 0;
        for (JsonNode each : response.path("files")) {
            String name = each.asString("");
            if (!name.matches(NAME) || files.size() == MOST_FILES) {
                throw ExtenderProcesses.failed("The extender's broadcast gives a file the name \"" + name
                        + "\"; at most " + MOST_FILES
                        + " files are taken, with names of letters, digits, dots, dashes and"
                        + " underscores.");
            }
            Path file = plain(place.out().resolve("file-" + index++), name);
            try {
                bytes += Files.size(file);
            } catch (IOException failed) {
                throw ExtenderProcesses.unusable(file, failed);
            }
            files.put(name, file);
        }
        if (bytes > MOST_BYTES) {
            throw ExtenderProcesses.failed(
                    "The extender's broadcast gives files of more than " + (MOST_BYTES >> 20) + " MiB.");
        }
        return files;
    }

    /** A file that the process was to write; never a link. */
    private static Path plain(Path file, String what) {
        if (!Files.isDirectory(file.getParent(), LinkOption.NOFOLLOW_LINKS)
                || !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw ExtenderProcesses.failed("The extender's process left no plain file for " + what + ".");
        }
        return file;
    }

    private static Path packed(WorkDirectory place) {
        Path zip = place.path().resolve("state.zip");
        try (OutputStream out = Files.newOutputStream(zip)) {
            FileArchive.write(FileArchive.below(place.state(), STATE), out);
            return zip;
        } catch (ArchiveException tooMuch) {
            throw ExtenderProcesses.failed(
                    "What the extender keeps in NSFL_EXTENDER_STATE " + tooMuch.getMessage() + ".");
        } catch (IOException failed) {
            throw ExtenderProcesses.unusable(zip, failed);
        }
    }

    private static void describe(TensorSpec spec, ObjectNode into) {
        into.put("name", spec.name()).put("dtype", spec.dtype().name());
        ArrayNode shape = into.putArray("shape");
        spec.shape().forEach(shape::add);
    }

    private static void describe(String client, KeptUpdates.Kept update, ObjectNode into) {
        into.put("client_id", client)
                .put("weights", update.weights().toString())
                .put("files", update.files().toString());
        update.params().ifPresentOrElse(file -> into.put("params", file.toString()), () -> into.putNull("params"));
        ObjectNode metrics = into.putObject("metrics");
        update.metrics().forEach(metrics::put);
    }

    /** Two of them, in turn: the last call's results live until the next but one. */
    private Path next() {
        return scratch.resolve("call-" + calls++ % 2);
    }

    /** Where one call happens. */
    private record WorkDirectory(Path path) {
        Path out() {
            return path.resolve("out");
        }

        Path state() {
            return path.resolve("state");
        }
    }
}
