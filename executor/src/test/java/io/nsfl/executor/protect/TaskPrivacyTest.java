package io.nsfl.executor.protect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nsfl.federation.privacy.ClipCount;
import io.nsfl.federation.privacy.L2Clip;
import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import io.nsfl.protocol.v1.MaskingPlan;
import io.nsfl.protocol.v1.PrivacyOrder;
import io.nsfl.protocol.v1.TaskDescription;
import io.nsfl.protocol.v1.TaskKind;
import io.nsfl.protocol.v1.TaskRef;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TaskPrivacyTest {
    private static final Map<String, Double> MEASURED = Map.of("sample_num", 600.0, "loss", 0.4, "accuracy", 0.9);

    @Test
    void withoutAnOrderEverythingLeavesAsItIs() {
        TaskPrivacy privacy =
                TaskPrivacy.of(task(TaskKind.TASK_KIND_TRAIN).clearPrivacy().build());
        NamedTensor weights = weights(3, 4);

        privacy.protection().protect(new TensorSet(List.of(weights)));

        assertThat(weights.at(0)).isEqualTo(3);
        assertThat(privacy.leaving(MEASURED)).isEqualTo(MEASURED);
    }

    @Test
    void inModeCentralTheUpdateLeavesClippedAndWithoutMetrics() {
        TaskPrivacy privacy = TaskPrivacy.of(task(TaskKind.TASK_KIND_TRAIN).build());
        NamedTensor weights = weights(3, 4);

        privacy.protection().protect(new TensorSet(List.of(weights)));

        assertThat(L2Clip.norm(List.of(weights))).isBetween(0.49, 0.5);
        assertThat(weights.at(1) / weights.at(0)).isBetween(1.333, 1.334);
        assertThat(privacy.leaving(MEASURED)).isEqualTo(Map.of("sample_num", 1.0));
    }

    @Test
    void noiseThatIsSharedOutIsLeftToTheMasksAndNeverToNobody() {
        TaskDescription.Builder task = task(TaskKind.TASK_KIND_TRAIN);
        task.getPrivacyBuilder().setNoiseBy(PrivacyOrder.NoiseBy.NOISE_BY_CLIENTS_TOGETHER);
        assertThatThrownBy(() -> TaskPrivacy.of(task.build())).hasMessageContaining("not masked together");

        TaskPrivacy privacy =
                TaskPrivacy.of(task.setMasking(MaskingPlan.getDefaultInstance()).build());
        NamedTensor weights = weights(3, 4);
        privacy.protection().protect(new TensorSet(List.of(weights)));

        assertThat(L2Clip.norm(List.of(weights))).isBetween(0.49, 0.5);
        assertThat(weights.at(1) / weights.at(0)).isBetween(1.333, 1.334);
        assertThat(privacy.leaving(MEASURED)).isEqualTo(Map.of("sample_num", 1.0));
    }

    @Test
    void inModeLocalItLeavesNoisedAndNeverTheSameWayTwice() {
        TaskDescription.Builder task = task(TaskKind.TASK_KIND_TRAIN);
        task.getPrivacyBuilder().setNoiseBy(PrivacyOrder.NoiseBy.NOISE_BY_CLIENT);
        NamedTensor one = weights(3, 4);
        NamedTensor other = weights(3, 4);

        TaskPrivacy.of(task.build()).protection().protect(new TensorSet(List.of(one)));
        TaskPrivacy.of(task.build()).protection().protect(new TensorSet(List.of(other)));

        assertThat(one.at(0)).isNotEqualTo(other.at(0)).isNotEqualTo(0.3);
    }

    @Test
    void whereTheBoundAdaptsItSaysWhetherItClipped() {
        TaskDescription.Builder task = task(TaskKind.TASK_KIND_TRAIN);
        task.getPrivacyBuilder().setReportWithinClip(true);
        TaskPrivacy clipped = TaskPrivacy.of(task.build());
        clipped.protection().protect(new TensorSet(List.of(weights(3, 4))));
        TaskPrivacy within = TaskPrivacy.of(task.build());
        within.protection().protect(new TensorSet(List.of(weights(0.1f, 0.1f))));

        assertThat(clipped.leaving(MEASURED)).containsEntry(ClipCount.REPORTED, 0.0);
        assertThat(within.leaving(MEASURED))
                .containsEntry(ClipCount.REPORTED, 1.0)
                .doesNotContainKey("loss");
    }

    @Test
    void evaluationsLeaveOnlyWhereTheirDataArePublic() {
        TaskDescription.Builder task = task(TaskKind.TASK_KIND_EVALUATE);
        assertThat(TaskPrivacy.of(task.build()).leaving(MEASURED)).isEqualTo(Map.of("sample_num", 1.0));

        task.getPrivacyBuilder().setPublicEvaluation(true);
        assertThat(TaskPrivacy.of(task.build()).leaving(MEASURED)).isEqualTo(MEASURED);
    }

    @Test
    void whatAFailedScriptWroteStays() {
        TaskDescription task = task(TaskKind.TASK_KIND_TRAIN).build();

        assertThat(TaskPrivacy.telling(task, "The script ended with code 1.\nValueError: patient 4711"))
                .startsWith("The script ended with code 1.")
                .doesNotContain("4711");
        assertThat(TaskPrivacy.telling(task.toBuilder().clearPrivacy().build(), "a\nb"))
                .isEqualTo("a\nb");
    }

    private static TaskDescription.Builder task(TaskKind kind) {
        return TaskDescription.newBuilder()
                .setTask(TaskRef.newBuilder().setKind(kind))
                .setPrivacy(PrivacyOrder.newBuilder()
                        .setNoiseBy(PrivacyOrder.NoiseBy.NOISE_BY_COORDINATOR)
                        .setNoiseMultiplier(1)
                        .setClipNorm(0.5));
    }

    private static NamedTensor weights(float... values) {
        return new NamedTensor(
                new TensorSpec("w", DType.F32, List.of((long) values.length), TensorKind.TRAINABLE),
                Arena.ofAuto().allocateFrom(ValueLayout.JAVA_FLOAT, values));
    }
}
