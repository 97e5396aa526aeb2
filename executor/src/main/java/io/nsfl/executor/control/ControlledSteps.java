package io.nsfl.executor.control;

import io.nsfl.executor.protect.Companion;
import io.nsfl.executor.state.TaskState;
import io.nsfl.federation.control.ControlVariates;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import io.nsfl.modelformats.ModelFile;
import io.nsfl.modelformats.ModelFiles;
import io.nsfl.modelformats.TensorMatch;
import io.nsfl.modelformats.safetensors.SafetensorsDraft;
import io.nsfl.modelformats.safetensors.SafetensorsFile;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.RunTaskRequest;
import io.nsfl.protocol.v1.TaskKind;
import io.nsfl.sandbox.PlainFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One training task of a SCAFFOLD job. The script's optimizer is given {@code c - c_i} as a model file of the job's own format, so that
 * every framework reads it as it reads weights; what it reports is how far it stepped. The rest is computed here, the same for all
 * frameworks, in mapped files.
 */
public final class ControlledSteps implements Companion {
    /** What {@link TaskState} keeps c_i under. */
    static final String STATE = "control_variate";

    private static final String CORRECTION = "control_correction";
    private static final String GRADIENT = "control_gradient";

    private final Path workspace;
    private final Path template;
    private final Optional<Path> global;
    private final String suffix;
    private final List<TensorSpec> model;
    private final TaskState state;

    private ControlledSteps(RunTaskRequest request, List<TensorSpec> model) {
        this.workspace = Path.of(request.getWorkspace());
        this.template = Path.of(request.getTemplate());
        this.global = Optional.of(request.getControlVariates())
                .filter(path -> !path.isEmpty())
                .map(Path::of);
        this.suffix = request.getDescription().getModelSuffix();
        this.model = model;
        this.state = new TaskState(workspace);
    }

    /** Empty for any task but the training of a SCAFFOLD job. @param model the job's tensors */
    public static Optional<ControlledSteps> of(RunTaskRequest request, List<TensorSpec> model) {
        boolean wanted = request.getDescription().getTask().getKind() == TaskKind.TASK_KIND_TRAIN
                && request.getDescription().getOptimizerName().equals("scaffold");
        return wanted ? Optional.of(new ControlledSteps(request, model)) : Optional.empty();
    }

    /** Names of files that an earlier start of the task may have left. */
    public static List<String> leftovers() {
        return List.of(StepReport.FILE, GRADIENT + ".h5", GRADIENT + ".pth", GRADIENT + ".zip");
    }

    /** Before the script: {@code control_correction.*}. */
    public void prepare() {
        Path scratch = workspace.resolve("tmp").resolve(CORRECTION + ".safetensors");
        try (SafetensorsDraft correction = SafetensorsDraft.create(scratch, model, Map.of());
                ModelFile file = ModelFiles.open(template)) {
            withGlobal(c ->
                    read(state.kept(STATE), own -> ControlVariates.correction(model, c, own, correction.tensors())));
            file.writeCopy(correction.tensors(), workspace.resolve(CORRECTION + suffix));
        }
    }

    @Override
    public List<TensorSpec> specs() {
        return ControlVariates.deltaSpecs(model);
    }

    /** After the script: {@code dc} for the server, and c_i+ for the next round of this client, if this one counts. */
    @Override
    public void write(TensorSet base, TensorSet trained, TensorSet out) {
        StepReport report = StepReport.read(workspace);
        read(state.kept(STATE), own -> {
            if (report.byGradient()) {
                byGradient(own, out);
            } else {
                withGlobal(c -> ControlVariates.byPath(model, base, trained, report.length(), c, out));
            }
            try (SafetensorsDraft next =
                    SafetensorsDraft.create(state.next(STATE), ControlVariates.specs(model), Map.of())) {
                ControlVariates.renew(model, own, out, next.tensors());
                next.commit();
            }
        });
    }

    private void byGradient(Optional<TensorSet> own, TensorSet out) {
        Path path = List.of(".h5", ".pth", ".zip").stream()
                .flatMap(ending -> PlainFiles.find(workspace, GRADIENT + ending).stream())
                .findFirst()
                .orElseThrow(() -> new FaultException(
                        Fault.RESULT_MISSING,
                        "The script chose scaffold's option 1 but left no gradient at the round's model: call the optimizer's"
                                + " keep_gradient before the first step."));
        try (ModelFile gradient = ModelFiles.open(path)) {
            TensorSet aligned = TensorMatch.align(gradient.tensors(), model, gradient.format());
            ControlVariates.byGradient(model, aligned, own, out);
        }
    }

    private void withGlobal(Consumer<Optional<TensorSet>> then) {
        read(global, c -> then.accept(c.map(ControlVariates::named)));
    }

    private static void read(Optional<Path> file, Consumer<Optional<TensorSet>> then) {
        if (file.isEmpty()) {
            then.accept(Optional.empty());
            return;
        }
        try (SafetensorsFile open = SafetensorsFile.open(file.get())) {
            then.accept(Optional.of(open.tensors()));
        }
    }
}
