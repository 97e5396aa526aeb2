package io.nsfl.federation.codec;

import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorSpec;
import java.util.List;

/**
 * Encodes one floating tensor as one or more others. What those are follows from the tensor's spec alone, so a receiver knows every
 * size before it reads a byte. Works block by block on mapped memory; safe for many threads.
 */
interface TensorCodec {
    /** The tensors that stand for this one; the first has its name, the others its name and a suffix after a {@code #}. */
    List<TensorSpec> encoded(TensorSpec spec);

    /** @param out tensors of {@link #encoded}, writable */
    void encode(NamedTensor tensor, List<NamedTensor> out);

    /**
     * @param out writable, overwritten whole
     * @throws IllegalArgumentException the encoded values stand for nothing; what is in {@code out} then has no meaning
     */
    void decode(List<NamedTensor> encoded, NamedTensor out);
}
