package io.nsfl.coordinator.run;

import io.nsfl.coordinator.checkpoint.Digests;
import io.nsfl.coordinator.round.Rejection;
import io.nsfl.federation.aggregate.ExactFold;
import io.nsfl.federation.aggregate.FoldOutcome;
import io.nsfl.federation.aggregate.FoldPlan;
import io.nsfl.federation.aggregate.RangeEstimate;
import io.nsfl.federation.optimize.ServerOptimizer;
import io.nsfl.federation.optimize.StepReport;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import io.nsfl.modelformats.ModelFormat;
import io.nsfl.modelformats.ModelLimits;
import io.nsfl.modelformats.TensorMatch;
import io.nsfl.modelformats.safetensors.SafetensorsDraft;
import io.nsfl.modelformats.safetensors.SafetensorsFile;
import io.nsfl.modelformats.safetensors.SafetensorsWriter;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The global model and the fold of the round being played. Base and new model are mapped files on local disk; the accumulator of an
 * open fold is all the memory it takes. One thread at a time, except {@link #base} and its like, which change only on
 * {@link #believe}.
 */
final class GlobalModel implements AutoCloseable {
    private final Path scratch;
    private final List<TensorSpec> specs;
    private final ServerOptimizer optimizer;
    private int generation;
    private Base base;
    private Optional<Base> previous = Optional.empty();
    private Optional<ExactFold> fold = Optional.empty();

    /** A model that clients start from: the mapped file, its tensors under the job's names and kinds, its SHA-256. */
    record Base(Path file, SafetensorsFile mapped, TensorSet tensors, byte[] digest) {}

    /** A new model that nobody believes yet. */
    record Draft(Path file, byte[] digest, RangeEstimate nextRanges) {}

    private GlobalModel(Path scratch, List<TensorSpec> specs, ServerOptimizer optimizer) {
        this.scratch = scratch;
        this.specs = List.copyOf(specs);
        this.optimizer = optimizer;
    }

    /** From the job's initial model. */
    static GlobalModel initial(TensorSet model, Path scratch, ServerOptimizer optimizer) {
        GlobalModel global = new GlobalModel(scratch, model.specs(), optimizer);
        Path file = scratch.resolve("base-0.safetensors");
        SafetensorsWriter.write(file, model, Map.of());
        global.base = global.map(file);
        return global;
    }

    /** From a committed model. @param file a copy of its own on local disk */
    static GlobalModel committed(Path file, List<TensorSpec> specs, Path scratch, ServerOptimizer optimizer) {
        GlobalModel global = new GlobalModel(scratch, specs, optimizer);
        global.base = global.map(file);
        return global;
    }

    Base base() {
        return base;
    }

    List<TensorSpec> specs() {
        return specs;
    }

    /** Begins a fold anew; what was folded before is forgotten. */
    void beginFold(FoldPlan plan) {
        endFold();
        fold = Optional.of(new ExactFold(plan));
    }

    /** Folds a staged update in, whole or not at all. */
    Optional<Rejection> fold(Path stageFile, FoldPlan plan, long weight) {
        try (SafetensorsFile update = SafetensorsFile.openForThisThread(stageFile, ModelLimits.defaults())) {
            TensorSet aligned = TensorMatch.align(update.tensors(), plan.updateSpecs(), ModelFormat.SAFETENSORS);
            return switch (fold.orElseThrow().fold(aligned, weight)) {
                case FoldOutcome.Folded _ -> Optional.empty();
                case FoldOutcome.Refused refused ->
                    Optional.of(new Rejection(Fault.valueOf(refused.refusal().name()), refused.message()));
            };
        } catch (IllegalArgumentException | FaultException malformed) {
            return Optional.of(new Rejection(Fault.UPDATE_MALFORMED, malformed.getMessage()));
        }
    }

    /** Makes the new model of what was folded; empty = its numbers are not finite. */
    Optional<Draft> step(FoldPlan plan) {
        Path file = scratch.resolve("base-" + (++generation) + "-next.safetensors");
        StepReport report;
        try (SafetensorsDraft mean =
                        SafetensorsDraft.create(scratch.resolve("mean.safetensors"), plan.aggregateSpecs(), Map.of());
                SafetensorsDraft next = SafetensorsDraft.create(file, specs, Map.of())) {
            fold.orElseThrow().mean(mean.tensors());
            report = optimizer.step(base.tensors(), mean.tensors(), next.tensors());
            if (!report.finite()) {
                return Optional.empty();
            }
            next.commit();
        }
        endFold();
        return Optional.of(new Draft(file, Digests.sha256(file), report.nextRanges()));
    }

    /** The draft is durable: it is the model now. Readers of the one before have until the next time. */
    void believe(Draft draft) {
        Base before = base;
        base = map(draft.file());
        previous.ifPresent(GlobalModel::discard);
        previous = Optional.of(before);
    }

    @Override
    public void close() {
        endFold();
        previous.ifPresent(GlobalModel::discard);
        discard(base);
    }

    private void endFold() {
        fold.ifPresent(ExactFold::close);
        fold = Optional.empty();
    }

    private Base map(Path file) {
        SafetensorsFile mapped = SafetensorsFile.open(file);
        TensorSet tensors = TensorMatch.align(mapped.tensors(), specs, ModelFormat.SAFETENSORS);
        return new Base(file, mapped, tensors, Digests.sha256(file));
    }

    private static void discard(Base old) {
        old.mapped().close();
        try {
            Files.deleteIfExists(old.file());
        } catch (IOException failed) {
            throw new FaultException(
                    Fault.STORAGE_UNAVAILABLE,
                    "Cannot delete " + old.file() + ": " + failed.getMessage() + ".",
                    failed);
        }
    }
}
