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
    private final OptionalDouble clip;
    private final OptionalDouble deviation;
    private final boolean same;
    private final BitSource bits;
    private boolean within = true;

    /**
     * @param clip largest L2 norm; empty = the update stays as long as it is
     * @param deviation standard deviation of the noise on each element; empty = somebody else adds it
     * @param same one draw for each tensor instead
     */
    public PrivateUpdate(OptionalDouble clip, OptionalDouble deviation, boolean same, BitSource bits) {
        this.clip = clip;
        this.deviation = deviation;
        this.same = same;
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
