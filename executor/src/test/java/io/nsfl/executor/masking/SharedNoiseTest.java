package io.nsfl.executor.masking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nsfl.federation.privacy.DistributedNoise;
import io.nsfl.protocol.v1.MaskedTensor;
import io.nsfl.protocol.v1.MaskingPlan;
import io.nsfl.protocol.v1.PrivacyOrder;
import io.nsfl.protocol.v1.TaskDescription;
import io.nsfl.protocol.v1.TaskRef;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedNoiseTest {
    private static final int ELEMENTS = 20_000;

    @TempDir
    Path directory;

    @Test
    void theShareIsThatOfTheFewestWhoMayBeLeft() {
        long[] drawn = draw(task(0.5).build(), new byte[32]);

        double deviation = Math.sqrt(
                LongStream.of(drawn).mapToDouble(each -> (double) each * each).sum() / ELEMENTS);
        // z 2, 9 survivors: two thirds of the clip norm in steps, and a little for the rounding.
        double expected = 2 * (DistributedNoise.bound(20) + Math.sqrt(ELEMENTS) / 2) / 3;
        assertThat(deviation).isCloseTo(expected, within(expected * 0.03));
    }

    @Test
    void aResultThatIsMaskedAnewIsTheSameAndAnotherIsAnother() {
        TaskRef task = TaskRef.newBuilder().setRound(1).setAttempt(1).build();
        PrivateUpdates updates = new PrivateUpdates(directory.resolve("private"));
        updates.keep(task, Map::of, Optional.empty());
        byte[] secret = updates.find(task).orElseThrow().secret();
        // The executor was started again in between.
        byte[] again = new PrivateUpdates(directory.resolve("private"))
                .find(task)
                .orElseThrow()
                .secret();

        assertThat(draw(task(0.5).build(), secret)).isEqualTo(draw(task(0.5).build(), again));
        updates.keep(task, Map::of, Optional.empty());
        assertThat(draw(task(0.5).build(), updates.find(task).orElseThrow().secret()))
                .isNotEqualTo(draw(task(0.5).build(), secret));
    }

    @Test
    void otherTasksHaveNone() {
        TaskDescription.Builder central = task(0.5);
        central.getPrivacyBuilder().setNoiseBy(PrivacyOrder.NoiseBy.NOISE_BY_COORDINATOR);
        TaskDescription.Builder evaluation = task(0.5);
        evaluation.getMaskingBuilder().clearTensors();

        assertThat(draw(central.build(), new byte[32])).containsOnly(0);
        assertThat(draw(evaluation.build(), new byte[32])).containsOnly(0);
        assertThat(draw(task(0.5).clearPrivacy().build(), new byte[32])).containsOnly(0);
    }

    @Test
    void aRangeOtherThanTheClipNormIsRefused() {
        assertThatThrownBy(() -> draw(task(4).build(), new byte[32])).hasMessageContaining("range");
    }

    private static long[] draw(TaskDescription task, byte[] secret) {
        LongSupplier noise =
                SharedNoise.of(task, MaskedShape.of(task.getMasking()).contribution(), secret);
        return LongStream.generate(noise).limit(ELEMENTS).toArray();
    }

    private static TaskDescription.Builder task(double limit) {
        return TaskDescription.newBuilder()
                .setPrivacy(PrivacyOrder.newBuilder()
                        .setNoiseBy(PrivacyOrder.NoiseBy.NOISE_BY_CLIENTS_TOGETHER)
                        .setNoiseMultiplier(2)
                        .setClipNorm(0.5))
                .setMasking(MaskingPlan.newBuilder()
                        .setThreshold(9)
                        .setValueBits(20)
                        .setWeightCap(1)
                        .addTensors(MaskedTensor.newBuilder()
                                .setName("w")
                                .setElements(ELEMENTS)
                                .setLimit(limit)));
    }
}
