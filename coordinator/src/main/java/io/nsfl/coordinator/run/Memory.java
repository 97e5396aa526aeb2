package io.nsfl.coordinator.run;

import io.nsfl.coordinator.algorithm.Algorithm;
import io.nsfl.coordinator.checkpoint.Digests;
import io.nsfl.coordinator.checkpoint.JournalRecord.CommittedState;
import io.nsfl.federation.state.ServerState;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import io.nsfl.modelformats.ModelFormat;
import io.nsfl.modelformats.ModelLimits;
import io.nsfl.modelformats.TensorMatch;
import io.nsfl.modelformats.safetensors.SafetensorsDraft;
import io.nsfl.modelformats.safetensors.SafetensorsFile;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the algorithm remembers, as it was committed. Its tensors lie in a mapped file on local disk; without tensors there is no file.
 */
final class Memory implements AutoCloseable {
    private final List<TensorSpec> specs;
    private final Optional<SafetensorsFile> mapped;
    private final Optional<Path> file;
    private final ServerState state;

    /**
     * A memory that nobody believes yet.
     *
     * @param file absent = it has no tensors
     */
    record Draft(Optional<Path> file, byte[] sha256, SortedMap<String, Double> scalars) {}

    private Memory(List<TensorSpec> specs, Optional<Path> file, Map<String, Double> scalars) {
        this.specs = specs;
        this.file = file;
        this.mapped = file.map(path -> SafetensorsFile.open(path, ModelLimits.defaults()));
        TensorSet tensors = mapped.map(open -> TensorMatch.align(open.tensors(), specs, ModelFormat.SAFETENSORS))
                .orElseGet(() -> new TensorSet(List.of()));
        this.state = new ServerState(tensors, scalars);
    }

    /** Before the first round. */
    static Memory initial(Algorithm algorithm, TensorSet model, Path target) {
        List<TensorSpec> specs = algorithm.stateTensors(model.specs());
        try (Change change = Change.of(specs, Optional.empty(), target)) {
            algorithm.begin(model, change.state());
            Draft draft = change.seal();
            return new Memory(specs, draft.file(), draft.scalars());
        }
    }

    /** @param file a copy of its own of the committed tensors, on local disk */
    static Memory committed(Algorithm algorithm, List<TensorSpec> model, CommittedState state, Optional<Path> file) {
        List<TensorSpec> specs = algorithm.stateTensors(model);
        if (specs.isEmpty() == file.isPresent()) {
            throw new FaultException(
                    Fault.JOURNAL_DAMAGED, "The journal holds another algorithm's memory; start the job anew.");
        }
        return new Memory(specs, file, state.scalars());
    }

    /** To be read, not changed. */
    ServerState state() {
        return state;
    }

    /** Absent = it has no tensors. */
    Optional<Path> file() {
        return file;
    }

    /** A copy to work on. */
    Change change(Path target) {
        return Change.of(specs, Optional.of(this), target);
    }

    /** The draft is durable: it is the memory now. */
    Memory believe(Draft draft) {
        return new Memory(specs, draft.file(), draft.scalars());
    }

    @Override
    public void close() {
        mapped.ifPresent(SafetensorsFile::close);
        file.ifPresent(path -> {
            try {
                Files.deleteIfExists(path);
            } catch (IOException failed) {
                throw new FaultException(
                        Fault.STORAGE_UNAVAILABLE, "Cannot delete " + path + ": " + failed.getMessage() + ".", failed);
            }
        });
    }

    /** A memory in the making. Closed unsealed, it leaves nothing. */
    static final class Change implements AutoCloseable {
        private final Path target;
        private final Optional<SafetensorsDraft> draft;
        private final ServerState state;

        private Change(Path target, Optional<SafetensorsDraft> draft, Map<String, Double> scalars) {
            this.target = target;
            this.draft = draft;
            this.state = new ServerState(
                    draft.map(SafetensorsDraft::tensors).orElseGet(() -> new TensorSet(List.of())), scalars);
        }

        private static Change of(List<TensorSpec> specs, Optional<Memory> before, Path target) {
            Optional<SafetensorsDraft> draft =
                    specs.isEmpty() ? Optional.empty() : Optional.of(SafetensorsDraft.create(target, specs, Map.of()));
            draft.ifPresent(change -> before.ifPresent(memory -> change.tensors()
                    .tensors()
                    .forEach(tensor -> tensor.data()
                            .copyFrom(memory.state
                                    .tensors()
                                    .get(tensor.spec().name())
                                    .data()))));
            return new Change(
                    target, draft, before.map(memory -> memory.state.scalars()).orElseGet(TreeMap::new));
        }

        ServerState state() {
            return state;
        }

        Draft seal() {
            draft.ifPresent(SafetensorsDraft::commit);
            Optional<Path> file = draft.map(_ -> target);
            return new Draft(file, file.map(Digests::sha256).orElse(new byte[0]), state.scalars());
        }

        @Override
        public void close() {
            draft.ifPresent(SafetensorsDraft::close);
        }
    }
}
