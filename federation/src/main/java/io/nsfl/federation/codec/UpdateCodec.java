package io.nsfl.federation.codec;

import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Encodes updates: trainable floating tensors of at least {@link #SMALLEST} elements, where it makes them smaller; statistics, integers and
 * small tensors go as they are. The encoded tensors follow from those of the update, so that an encoded update has one size and decodes to
 * one size. Immutable; safe for many threads.
 */
public final class UpdateCodec {
    /** Below, the entry in a file's header outweighs what could be saved. */
    public static final int SMALLEST = 64;

    /** Updates as they are. */
    public static final UpdateCodec NONE = new UpdateCodec(Optional.empty());

    private final Optional<TensorCodec> codec;

    private UpdateCodec(Optional<TensorCodec> codec) {
        this.codec = codec;
    }

    /** Half precision with a power of two for each tensor. */
    public static UpdateCodec fp16() {
        return new UpdateCodec(Optional.of(new HalfPrecision()));
    }

    public static UpdateCodec bf16() {
        return new UpdateCodec(Optional.of(new Bfloat16()));
    }

    /** Symmetric 8-bit integers with one scale for each tensor. */
    public static UpdateCodec int8() {
        return new UpdateCodec(Optional.of(new Int8Symmetric()));
    }

    /** The largest elements. @param fraction of each tensor's elements that are sent, above 0 and at most 1 */
    public static UpdateCodec topK(double fraction) {
        if (!(fraction > 0 && fraction <= 1)) {
            throw new IllegalArgumentException("Cannot send a fraction of " + fraction);
        }
        return new UpdateCodec(Optional.of(new TopK(fraction)));
    }

    /** Whether updates are left as they are. */
    public boolean plain() {
        return codec.isEmpty();
    }

    /** The tensors of an encoded update, in order. @param update tensors of the update, with their kinds */
    public List<TensorSpec> encoded(List<TensorSpec> update) {
        return update.stream().flatMap(spec -> parts(spec).stream()).toList();
    }

    /** The tensors that lose something: those that error feedback keeps a residual of. */
    public List<TensorSpec> lossy(List<TensorSpec> update) {
        return update.stream()
                .filter(spec ->
                        parts(spec).size() > 1 || !parts(spec).getFirst().equals(spec))
                .toList();
    }

    /** @param out tensors of {@link #encoded}, writable */
    public void encode(TensorSet update, TensorSet out) {
        for (NamedTensor tensor : update.tensors()) {
            List<NamedTensor> parts = parts(tensor.spec(), out);
            if (coded(tensor.spec())) {
                codec.orElseThrow().encode(tensor, parts);
            } else {
                parts.getFirst().data().copyFrom(tensor.data());
            }
        }
    }

    /**
     * @param encoded tensors of {@link #encoded}
     * @param out the update's tensors with their kinds, writable
     * @throws IllegalArgumentException the encoded values stand for nothing; continues "cannot be decoded: "
     */
    public void decode(TensorSet encoded, TensorSet out) {
        for (NamedTensor tensor : out.tensors()) {
            List<NamedTensor> parts = parts(tensor.spec(), encoded);
            if (coded(tensor.spec())) {
                codec.orElseThrow().decode(parts, tensor);
            } else {
                tensor.data().copyFrom(parts.getFirst().data());
            }
        }
    }

    private List<NamedTensor> parts(TensorSpec spec, TensorSet encoded) {
        List<NamedTensor> parts = new ArrayList<>();
        parts(spec).forEach(part -> parts.add(encoded.get(part.name())));
        return parts;
    }

    private List<TensorSpec> parts(TensorSpec spec) {
        return coded(spec) ? codec.orElseThrow().encoded(spec) : List.of(spec);
    }

    private boolean coded(TensorSpec spec) {
        return codec.isPresent()
                && spec.kind() == TensorKind.TRAINABLE
                && spec.dtype().floating()
                && spec.elements() >= SMALLEST
                && TensorSet.packedBytes(codec.get().encoded(spec)) < spec.bytes();
    }
}
