package io.nsfl.coordinator.run;

import io.nsfl.coordinator.algorithm.Algorithm;
import io.nsfl.coordinator.checkpoint.Digests;
import io.nsfl.coordinator.checkpoint.JournalRecord.CommittedState;
import io.nsfl.coordinator.masking.MaskedSum;
import io.nsfl.coordinator.round.Rejection;
import io.nsfl.federation.aggregate.Aggregate;
import io.nsfl.federation.aggregate.Aggregator;
import io.nsfl.federation.aggregate.Contribution;
import io.nsfl.federation.aggregate.FoldOutcome;
import io.nsfl.federation.aggregate.FoldPlan;
import io.nsfl.federation.aggregate.RangeEstimate;
import io.nsfl.federation.bits.BitSource;
import io.nsfl.federation.optimize.Scaffold;
import io.nsfl.federation.optimize.StepReport;
import io.nsfl.federation.state.ServerState;
import io.nsfl.federation.tensor.NamedTensor;
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
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The global model, what its algorithm remembers, and the fold of the round being played. Base, new model and memory are mapped files on
 * local disk; the accumulator of an open fold is all the memory it takes. One thread at a time, except {@link #base} and its like, which change only on
 * {@link #believe}.
 */
final class GlobalModel implements AutoCloseable {
    private final Path scratch;
    private final List<TensorSpec> specs;
    private final Algorithm algorithm;
    private final int modelsKept;
    private int generation;
    private Base base;
    private final Deque<Base> previous = new ArrayDeque<>();
    private Memory memory;
    private Optional<Aggregator> fold = Optional.empty();

    /** A model that clients start from: the mapped file, its tensors under the job's names and kinds, its SHA-256. */
    record Base(Path file, SafetensorsFile mapped, TensorSet tensors, byte[] digest) {}

    /**
     * A new model that nobody believes yet.
     *
     * @param memory what the algorithm remembers with it
     * @param metrics what the algorithm tells of the round
     */
    record Draft(
            Path file, byte[] digest, RangeEstimate nextRanges, Memory.Draft memory, Map<String, Double> metrics) {}

    private GlobalModel(Path scratch, List<TensorSpec> specs, Algorithm algorithm, int modelsKept) {
        this.scratch = scratch;
        this.specs = List.copyOf(specs);
        this.algorithm = algorithm;
        this.modelsKept = modelsKept;
    }

    /** From the job's initial model. @param modelsKept how many models before the newest stay readable, at least 1 */
    static GlobalModel initial(TensorSet model, Path scratch, Algorithm algorithm, int modelsKept) {
        GlobalModel global = new GlobalModel(scratch, model.specs(), algorithm, modelsKept);
        Path file = scratch.resolve("base-0.safetensors");
        SafetensorsWriter.write(file, model, Map.of());
        global.base = global.map(file);
        global.memory = Memory.initial(algorithm, global.base.tensors(), scratch.resolve("state-0.safetensors"));
        return global;
    }

    /**
     * From a committed model.
     *
     * @param file a copy of its own on local disk
     * @param stateFile the same of the algorithm's tensors; empty = it has none
     * @param modelsKept how many models before the newest stay readable, at least 1
     */
    static GlobalModel committed(
            Path file,
            CommittedState state,
            Optional<Path> stateFile,
            List<TensorSpec> specs,
            Path scratch,
            Algorithm algorithm,
            int modelsKept) {
        GlobalModel global = new GlobalModel(scratch, specs, algorithm, modelsKept);
        global.base = global.map(file);
        global.memory = Memory.committed(algorithm, specs, state, stateFile);
        return global;
    }

    Base base() {
        return base;
    }

    /** The newest model and those before it that are still readable, the newest first. */
    List<Base> kept() {
        List<Base> kept = new ArrayList<>();
        kept.add(base);
        previous.descendingIterator().forEachRemaining(kept::add);
        return kept;
    }

    List<TensorSpec> specs() {
        return specs;
    }

    Algorithm algorithm() {
        return algorithm;
    }

    /** What the algorithm remembers, as committed; to be read until the next model is believed. */
    ServerState state() {
        return memory.state();
    }

    /** The file of what the clients of a round are sent beside the model; empty = nothing. To be read until the next model is believed. */
    Optional<Path> shownMemory() {
        return algorithm.showsMemory() ? memory.file() : Optional.empty();
    }

    /** Begins a fold anew; what was folded before is forgotten. */
    void beginFold(FoldPlan plan) {
        endFold();
        fold = Optional.of(onDisk(() -> algorithm.folding().begin(plan, memory.state(), scratch)));
    }

    /** Folds a staged update in, whole or not at all. */
    Optional<Rejection> fold(Path stageFile, FoldPlan plan, Contribution contribution) {
        try (SafetensorsFile update = SafetensorsFile.openForThisThread(stageFile, ModelLimits.defaults())) {
            TensorSet aligned = TensorMatch.align(update.tensors(), plan.updateSpecs(), ModelFormat.SAFETENSORS);
            return switch (onDisk(() -> fold.orElseThrow().fold(aligned, contribution))) {
                case FoldOutcome.Folded _ -> Optional.empty();
                case FoldOutcome.Refused refused ->
                    Optional.of(new Rejection(Fault.valueOf(refused.refusal().name()), refused.message()));
            };
        } catch (IllegalArgumentException malformed) {
            return Optional.of(new Rejection(Fault.UPDATE_MALFORMED, malformed.getMessage()));
        } catch (FaultException malformed) {
            if (malformed.fault() == Fault.STORAGE_UNAVAILABLE) {
                throw malformed;
            }
            return Optional.of(new Rejection(Fault.UPDATE_MALFORMED, malformed.getMessage()));
        }
    }

    /**
     * Makes the new model of what was folded; empty = its numbers are not finite.
     *
     * @param participants different clients that were counted in this run, with those of this round
     * @param bits the attempt's secret randomness, see {@link Aggregate#bits}
     * @param instead safetensors whose tensors take the place of those of the folded aggregate
     * @throws FaultException EXTENDER_FAILED they are none
     */
    Optional<Draft> step(FoldPlan plan, int participants, BitSource bits, Optional<Path> instead) {
        Aggregator folded = fold.orElseThrow();
        return step(plan, tensors -> {
            onDisk(() -> {
                folded.mean(tensors);
                return tensors;
            });
            instead.ifPresent(given -> replace(given, tensors));
            Map<String, Double> findings = new TreeMap<>(folded.findings());
            findings.put(Scaffold.PARTICIPANTS, (double) participants);
            return new Aggregate(tensors, folded.count(), folded.weight(), findings, bits);
        });
    }

    /** Makes the new model of what clients masked together; empty = its numbers are not finite. @param bits as above */
    Optional<Draft> step(FoldPlan plan, MaskedSum sum, BitSource bits) {
        return step(plan, tensors -> {
            sum.mean(base.tensors(), tensors);
            return new Aggregate(tensors, sum.clients().size(), sum.weight(), sum.findings(), bits);
        });
    }

    private Optional<Draft> step(FoldPlan plan, Function<TensorSet, Aggregate> combined) {
        Path file = scratch.resolve("base-" + (++generation) + "-next.safetensors");
        StepReport report;
        Memory.Draft remembered;
        Map<String, Double> metrics;
        try (SafetensorsDraft mean =
                        SafetensorsDraft.create(scratch.resolve("mean.safetensors"), plan.aggregateSpecs(), Map.of());
                SafetensorsDraft next = SafetensorsDraft.create(file, specs, Map.of());
                Memory.Change change = memory.change(scratch.resolve("state-" + generation + "-next.safetensors"))) {
            Aggregate aggregate = combined.apply(mean.tensors());
            report = algorithm.step(base.tensors(), aggregate, next.tensors(), change.state());
            if (!report.finite() || !change.state().finite()) {
                return Optional.empty();
            }
            metrics = algorithm.metrics(change.state());
            next.commit();
            remembered = change.seal();
        }
        endFold();
        return Optional.of(new Draft(file, Digests.sha256(file), report.nextRanges(), remembered, metrics));
    }

    private static void replace(Path file, TensorSet aggregate) {
        try (SafetensorsFile given = SafetensorsFile.openForThisThread(file, ModelLimits.defaults())) {
            for (NamedTensor tensor : given.tensors().tensors()) {
                NamedTensor target = aggregate
                        .find(tensor.spec().name())
                        .filter(known -> known.spec().sameLayout(tensor.spec()))
                        .orElseThrow(() -> unusable("tensor " + tensor.spec().name() + " is none of the aggregate"));
                target.data().copyFrom(tensor.data());
            }
        } catch (FaultException | IllegalArgumentException unreadable) {
            throw unusable(unreadable.getMessage());
        }
    }

    private static FaultException unusable(String why) {
        return new FaultException(Fault.EXTENDER_FAILED, "The extender's weights cannot be used: " + why + ".");
    }

    /** The draft is durable: it is the model now. Readers of those before have as long as {@code modelsKept} says. */
    void believe(Draft draft) {
        Base before = base;
        base = map(draft.file());
        Memory known = memory;
        memory = known.believe(draft.memory());
        known.close();
        previous.addLast(before);
        while (previous.size() > modelsKept) {
            discard(previous.removeFirst());
        }
    }

    @Override
    public void close() {
        endFold();
        previous.forEach(GlobalModel::discard);
        discard(base);
        memory.close();
    }

    private void endFold() {
        fold.ifPresent(Aggregator::close);
        fold = Optional.empty();
    }

    /** Aggregators that keep updates write to the scratch directory. */
    private <T> T onDisk(Supplier<T> work) {
        try {
            return work.get();
        } catch (UncheckedIOException failed) {
            throw new FaultException(
                    Fault.STORAGE_UNAVAILABLE,
                    "Cannot keep updates in " + scratch + ": "
                            + failed.getCause().getMessage() + ".",
                    failed);
        }
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
