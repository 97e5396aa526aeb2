package io.nsfl.protocol.masking;

import io.nsfl.protocol.v1.PrivacyOrder;
import io.nsfl.protocol.v1.TaskDescription;

/** Whether each client adds a share of the noise within its masks: its values are then whole words of 32 bits, and sums wrap around. */
public final class SharedOutNoise {
    private SharedOutNoise() {}

    /** Evaluations have no tensors, and so no noise. */
    public static boolean of(TaskDescription task) {
        return task.getPrivacy().getNoiseBy() == PrivacyOrder.NoiseBy.NOISE_BY_CLIENTS_TOGETHER
                && task.getMasking().getTensorsCount() > 0;
    }
}
