package io.nsfl.federation.protect;

import io.nsfl.federation.tensor.TensorSet;

/**
 * Changes an update at the client before it is delivered: the third place where an algorithm plugs in. Applied by the executor to the
 * delta, in place.
 */
@FunctionalInterface
public interface ClientProtection {
    /** The update leaves as it is. */
    ClientProtection NONE = update -> {};

    /** @param update the delta with all tensors but the local ones, writable */
    void protect(TensorSet update);
}
