package io.nsfl.federation.protect;

import io.nsfl.federation.bits.BitSource;
import io.nsfl.federation.privacy.GaussianNoise;
import io.nsfl.federation.privacy.L2Clip;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSet;
import java.util.List;
import java.util.OptionalDouble;

/**
 * A client's part of differential privacy: the trainable tensors are clipped together to an L2 norm and noised, whichever of the two is
 * asked for; of all others nothing leaves, because no noise would cover it. For one update.
 */
public final class PrivateUpdate implements ClientProtection {
    private static final long COIN = 1L << 53;

    private final OptionalDouble clip;
    private final OptionalDouble deviation;
    private final boolean same;
    private final double sampling;
    private final BitSource bits;
    private boolean within = true;

    /**
     * @param clip largest L2 norm; empty = the update stays as long as it is
     * @param deviation standard deviation of the noise on each element; empty = somebody else adds it
     * @param same one draw for each tensor instead
     */
    public PrivateUpdate(OptionalDouble clip, OptionalDouble deviation, boolean same, BitSource bits) {
        this(clip, deviation, same, 1, bits);
    }

    /** @param sampling probability with which the update is in at all; else zeros are in its place, and nobody is told */
    public PrivateUpdate(OptionalDouble clip, OptionalDouble deviation, boolean same, double sampling, BitSource bits) {
        if (!(sampling > 0 && sampling <= 1)) {
            throw new IllegalArgumentException("Cannot sample with probability " + sampling);
        }
        this.clip = clip;
        this.deviation = deviation;
        this.same = same;
        this.sampling = sampling;
        this.bits = bits;
    }

    @Override
    public void protect(TensorSet update) {
        update.tensors().stream()
                .filter(tensor -> tensor.spec().kind() != TensorKind.TRAINABLE)
                .forEach(tensor -> tensor.data().fill((byte) 0));
        List<NamedTensor> trainable = L2Clip.trainable(update);
        if (clip.isPresent()) {
            within = L2Clip.clip(trainable, clip.getAsDouble()) <= clip.getAsDouble();
        }
        // Last, so that whether the rest goes well says nothing about the coin.
        if (sampling < 1 && !bits.bernoulli((long) (sampling * COIN), COIN)) {
            trainable.forEach(tensor -> tensor.data().fill((byte) 0));
        }
        if (deviation.isPresent()) {
            GaussianNoise noise = new GaussianNoise(deviation.getAsDouble(), bits);
            if (same) {
                noise.addSame(trainable);
            } else {
                noise.add(trainable);
            }
        }
    }

    /** After {@link #protect}: whether the norm was at most the clip norm. */
    public boolean within() {
        return within;
    }
}
