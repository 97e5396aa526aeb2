package io.nsfl.federation.codec;

import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorSpec;
import java.util.List;

/** The upper half of a float32, rounded to the nearest, ties to even: float32's range with 8 significant bits. */
final class Bfloat16 implements TensorCodec {
    @Override
    public List<TensorSpec> encoded(TensorSpec spec) {
        return List.of(spec.as(DType.BF16));
    }

    @Override
    public void encode(NamedTensor tensor, List<NamedTensor> out) {
        Blocks.map(tensor, out.getFirst(), value -> value);
    }

    @Override
    public void decode(List<NamedTensor> encoded, NamedTensor out) {
        Blocks.map(encoded.getFirst(), out, value -> value);
    }
}
