package io.nsfl.federation.aggregate;

import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.Elements;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorSpec;
import io.nsfl.federation.update.Refusal;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** The largest value of each element among the clients: for counters, which must not be averaged. Weights do not matter. */
final class LargestValue implements Accumulator {
    private final TensorSpec spec;
    private final MemorySegment largest;
    private boolean empty = true;

    LargestValue(TensorSpec spec, Arena arena) {
        this.spec = spec;
        this.largest = arena.allocate(spec.bytes(), Long.BYTES);
    }

    @Override
    public TensorSpec spec() {
        return spec;
    }

    @Override
    public Optional<FoldOutcome.Refused> check(NamedTensor tensor, double scale) {
        if (tensor.finite()) {
            return Optional.empty();
        }
        return Optional.of(new FoldOutcome.Refused(
                Refusal.NON_FINITE, "Tensor " + spec.name() + " has a value that is not a finite number."));
    }

    @Override
    public void add(NamedTensor tensor, long units, double scale) {
        if (empty) {
            largest.copyFrom(tensor.data());
            empty = false;
            return;
        }
        int bytes = spec.dtype().bytes();
        NamedTensor held = new NamedTensor(spec, largest);
        for (long i = 0; i < spec.elements(); i++) {
            if (larger(spec.dtype(), tensor, held, i)) {
                MemorySegment.copy(tensor.data(), i * bytes, largest, i * bytes, bytes);
            }
        }
    }

    @Override
    public void write(NamedTensor out, long totalUnits, int count) {
        out.data().copyFrom(largest);
    }

    private static boolean larger(DType type, NamedTensor candidate, NamedTensor held, long element) {
        if (type.floating()) {
            return Double.compare(candidate.at(element), held.at(element)) > 0;
        }
        long a = Elements.wholeBits(type, candidate.data(), element);
        long b = Elements.wholeBits(type, held.data(), element);
        return type == DType.U64 ? Long.compareUnsigned(a, b) > 0 : a > b;
    }
}
