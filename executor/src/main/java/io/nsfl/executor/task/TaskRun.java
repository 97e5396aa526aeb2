package io.nsfl.executor.task;

import com.google.protobuf.ByteString;
import io.nsfl.executor.control.ControlledSteps;
import io.nsfl.executor.masking.Masking;
import io.nsfl.executor.protect.EncodedUpdate;
import io.nsfl.executor.protect.ResultFiles;
import io.nsfl.executor.protect.TaskPrivacy;
import io.nsfl.executor.protect.UpdateFile;
import io.nsfl.executor.result.TaskMetrics;
import io.nsfl.executor.result.TrainedModel;
import io.nsfl.executor.script.GrantedDirectory;
import io.nsfl.executor.state.LocalLayers;
import io.nsfl.executor.state.TaskState;
import io.nsfl.federation.tensor.TensorSpec;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.Runtime;
import io.nsfl.protocol.v1.FaultDetail;
import io.nsfl.protocol.v1.RunTaskRequest;
import io.nsfl.protocol.v1.TaskDescription;
import io.nsfl.protocol.v1.TaskEndedRequest;
import io.nsfl.protocol.v1.TaskKind;
import io.nsfl.sandbox.Directories;
import io.nsfl.sandbox.PlainFiles;
import io.nsfl.sandbox.ScriptRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One task from its request to what is reported about it. Runs on one thread; may be stopped by any. */
final class TaskRun {
    private static final Logger log = LoggerFactory.getLogger(TaskRun.class);
    private static final int LONGEST_MESSAGE = 8_000;

    private final RunTaskRequest request;
    private final TaskTools tools;
    private final InstantSource clock;
    private FaultException stopped;
    private ScriptRun script;

    TaskRun(RunTaskRequest request, TaskTools tools, InstantSource clock) {
        this.request = request;
        this.tools = tools;
        this.clock = clock;
    }

    RunTaskRequest request() {
        return request;
    }

    /** Kills the task's processes; it then ends with this reason, if it has not ended. */
    void stop(FaultException reason) {
        ScriptRun current;
        synchronized (this) {
            stopped = stopped == null ? reason : stopped;
            current = script;
        }
        if (current != null) {
            current.stop(reason);
        }
    }

    /** The whole task; never throws. */
    TaskEndedRequest run() {
        TaskEndedRequest.Builder ended = TaskEndedRequest.newBuilder()
                .setTask(request.getDescription().getTask())
                .setStart(request.getStart());
        Path workspace = Path.of(request.getWorkspace());
        try {
            GrantedDirectory.undo(workspace);
            if (chief()) {
                // The script of an earlier start may have laid them, for us to read what it cannot.
                PlainFiles.removeLinks(workspace);
            }
            if (masks() && trainedBefore()) {
                return ended.setAwaitsMasking(true).build();
            }
            if (chief()) {
                removeLeftovers(workspace);
            }
            Files.createDirectories(workspace.resolve("tmp"));
            Instant start = clock.instant();
            try {
                runScript();
            } finally {
                ended.setScriptMs(Duration.between(start, clock.instant()).toMillis());
            }
            if (chief()) {
                collect(workspace, ended);
            }
        } catch (FaultException failure) {
            fail(ended, workspace, failure.fault(), failure.getMessage());
        } catch (IOException e) {
            fail(
                    ended,
                    workspace,
                    Fault.STORAGE_UNAVAILABLE,
                    "The task's workspace " + workspace + " fails: " + e.getMessage());
        } catch (RuntimeException | Error e) {
            log.error("Task in {} failed", workspace, e);
            fail(ended, workspace, Fault.INTERNAL_ERROR, "The executor failed: " + e);
        }
        return ended.build();
    }

    /** The others only help: what they leave is not looked at. */
    private boolean chief() {
        return tools.own().map(Worker::chief).orElse(true);
    }

    private void runScript() {
        steps().ifPresent(ControlledSteps::prepare);
        ScriptPlan plan = ScriptPlan.of(request, tools.environment(), tools.own());
        tools.preload().accept(plan.preload());
        begin(plan).await();
    }

    private ScriptRun begin(ScriptPlan plan) {
        synchronized (this) {
            if (stopped != null) {
                throw stopped;
            }
            script = new ScriptRun(plan.workers(), plan.bound(), tools.starter(), tools.timers(), tools.oomKills());
            return script;
        }
    }

    private void collect(Path workspace, TaskEndedRequest.Builder ended) throws IOException {
        Map<String, Double> metrics = TaskMetrics.read(workspace);
        TaskPrivacy privacy = TaskPrivacy.of(request.getDescription());
        // What a script has put there is none of ours.
        TaskState state = new TaskState(workspace);
        state.clear();
        TaskDescription task = request.getDescription();
        if (masks()) {
            new MaskedCollection(request, masking().updates())
                    .keep(() -> privacy.leaving(metrics), directory -> update(directory, privacy));
            sayWhatStays(workspace);
            ended.setAwaitsMasking(true);
            return;
        }
        if (task.getTask().getKind() == TaskKind.TASK_KIND_TRAIN) {
            UpdateFile update = update(workspace, privacy);
            List<TensorSpec> specs = UpdateFile.specs(model(), steps());
            deliverable(workspace, EncodedUpdate.of(update, task.getUpdateEncoding(), specs, state), ended);
        }
        ended.putAllMetrics(privacy.leaving(metrics));
    }

    /** Writes what the script has trained. @param directory to write into */
    private UpdateFile update(Path directory, TaskPrivacy privacy) {
        Path workspace = Path.of(request.getWorkspace());
        TaskDescription task = request.getDescription();
        Runtime runtime = Runtime.of(task.getRuntime())
                .orElseThrow(() -> new FaultException(
                        Fault.TASK_CONFIG_INVALID, "Runtime " + task.getRuntime() + " is not known."));
        List<TensorSpec> model = model();
        Optional<ControlledSteps> steps = steps();
        try (TrainedModel trained = TrainedModel.open(workspace, runtime, model)) {
            UpdateFile update = UpdateFile.write(
                    directory,
                    Path.of(request.getBaseWeights()),
                    model,
                    trained.tensors(),
                    steps,
                    privacy.protection());
            LocalLayers.leave(trained.tensors(), new TaskState(workspace));
            return update;
        }
    }

    private Optional<ControlledSteps> steps() {
        return ControlledSteps.of(request, model());
    }

    private List<TensorSpec> model() {
        return TensorRules.specs(request.getDescription().getTensorsList());
    }

    private boolean masks() {
        return request.getDescription().hasMasking();
    }

    private Masking masking() {
        return tools.masking()
                .orElseThrow(() -> new FaultException(
                        Fault.TASK_REFUSED, "This client cannot mask results; update it or leave the job to others."));
    }

    /** An earlier start has trained it already: its result waits to be masked, and training again would change it. */
    private boolean trainedBefore() {
        if (masking().updates().released(request.getDescription().getTask())) {
            throw new FaultException(
                    Fault.TASK_REFUSED,
                    "What takes the masks off this client's result of this round was given away in an earlier attempt;"
                            + " it takes part again in the next round.");
        }
        return masking().updates().find(request.getDescription().getTask()).isPresent();
    }

    private void deliverable(Path workspace, UpdateFile update, TaskEndedRequest.Builder ended) throws IOException {
        UpdateFile file = update;
        if (request.getDescription().getResultFilesWanted()) {
            ResultFiles.Appended appended = ResultFiles.append(workspace, update);
            ended.setResultFilesSize(appended.size());
            file = appended.file();
        } else {
            sayWhatStays(workspace);
        }
        ended.setUpdateFile(file.path().toString()).setUpdateSha256(ByteString.copyFrom(file.sha256()));
    }

    private static void sayWhatStays(Path workspace) throws IOException {
        if (ResultFiles.any(workspace)) {
            log.warn(
                    "What the script left in {} with put_file and put_parameter stays at this client: the job has no"
                            + " extender that may see it",
                    workspace);
        }
    }

    /** A repeated start must not take an earlier one's result for its own. */
    private static void removeLeftovers(Path workspace) throws IOException {
        List<String> names = new ArrayList<>(List.of(
                "metrics.json",
                "delta_weights.safetensors",
                "encoded_weights.safetensors",
                "update_with_result_files",
                "error.log",
                "result_param.json"));
        names.addAll(ControlledSteps.leftovers());
        for (Runtime runtime : Runtime.values()) {
            names.add(TrainedModel.fileName(runtime));
        }
        for (String name : names) {
            Files.deleteIfExists(workspace.resolve(name));
        }
        Path result = workspace.resolve("result");
        if (Files.exists(result, LinkOption.NOFOLLOW_LINKS)) {
            Directories.delete(result);
            Files.createDirectory(result);
        }
    }

    private void fail(TaskEndedRequest.Builder ended, Path workspace, Fault fault, String message) {
        String told = TaskPrivacy.telling(request.getDescription(), message);
        String bounded = told.length() <= LONGEST_MESSAGE ? told : told.substring(0, LONGEST_MESSAGE) + " ...";
        ended.setFailure(FaultDetail.newBuilder().setCode(fault.name()).setMessage(bounded));
        try {
            // The script may have left a link there.
            Files.deleteIfExists(workspace.resolve("error.log"));
            Files.writeString(workspace.resolve("error.log"), message + "\n", StandardOpenOption.CREATE_NEW);
        } catch (IOException e) {
            log.warn("Cannot write error.log in {}: {}", workspace, e.toString());
        }
    }
}
