package io.nsfl.executor.masking;

import io.nsfl.federation.privacy.CipherBits;
import io.nsfl.federation.privacy.DiscreteGaussian;
import io.nsfl.federation.privacy.DistributedNoise;
import io.nsfl.federation.secagg.contribution.ContributionLayout;
import io.nsfl.protocol.masking.SharedOutNoise;
import io.nsfl.protocol.v1.MaskingPlan;
import io.nsfl.protocol.v1.PrivacyOrder;
import io.nsfl.protocol.v1.TaskDescription;
import java.util.function.LongSupplier;

/**
 * This client's share of the noise of a masked sum, drawn for its elements in their order. The same secret gives the same share, so a result
 * that is masked anew in another session of its attempt is the same noised vector.
 */
final class SharedNoise {
    private SharedNoise() {}

    /**
     * @param secret of the result, 32 bytes
     * @return zeros where the task does not share out its noise, and for evaluations, of which no tensor leaves
     * @throws IllegalArgumentException if the task's plan does not suit the noise it asks for
     */
    static LongSupplier of(TaskDescription task, ContributionLayout layout, byte[] secret) {
        if (!SharedOutNoise.of(task)) {
            return () -> 0;
        }
        PrivacyOrder order = task.getPrivacy();
        MaskingPlan plan = task.getMasking();
        long elements = 0;
        for (ContributionLayout.Part part : layout.tensors()) {
            if (part.clip() != order.getClipNorm()) {
                throw new IllegalArgumentException("the noise is made for a range of " + order.getClipNorm()
                        + ", which is not that of all masked values");
            }
            elements += part.elements();
        }
        DiscreteGaussian sampler = new DistributedNoise(
                        order.getNoiseMultiplier(),
                        plan.getThreshold(),
                        elements,
                        DistributedNoise.bound(layout.valueBits()))
                .sampler(CipherBits.of(secret));
        return sampler::sample;
    }
}
