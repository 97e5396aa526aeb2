package io.nsfl.federation.update;

import static io.nsfl.federation.Tensors.of;
import static io.nsfl.federation.Tensors.set;
import static io.nsfl.federation.Tensors.spec;
import static io.nsfl.federation.Tensors.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DeltaTest {
    private static final TensorSpec WEIGHTS = spec("w", DType.F32, TensorKind.TRAINABLE, 2);
    private static final TensorSpec RUNNING = spec("m", DType.BF16, TensorKind.STATISTIC, 1);
    private static final TensorSpec COUNTER = spec("n", DType.I64, TensorKind.INTEGER, 1);
    private static final TensorSpec HEAD = spec("head", DType.F32, TensorKind.LOCAL, 1);

    @Test
    void sendsChangesAndCountersAndNothingLocal() {
        TensorSet base = set(of(WEIGHTS, 1, 2), of(HEAD, 9), of(RUNNING, 4), of(COUNTER, 10));
        TensorSet trained = set(of(COUNTER, 35), of(WEIGHTS, 1.5, 1), of(RUNNING, 6), of(HEAD, 8));
        TensorSet out = TensorSet.allocate(Arena.ofAuto(), Delta.specs(base.specs()));
        Delta.write(base, trained, out);
        assertThat(out.specs()).extracting(TensorSpec::name).containsExactly("w", "m", "n");
        assertThat(values(out.get("w"))).containsExactly(0.5, -1);
        assertThat(values(out.get("m"))).containsExactly(2);
        assertThat(values(out.get("n"))).containsExactly(35);
    }

    @Test
    void worksBeyondOneBlock() {
        TensorSpec large = spec("w", DType.F32, TensorKind.TRAINABLE, 10_001);
        double[] before = new Random(1).doubles(10_001).toArray();
        double[] after = new Random(2).doubles(10_001).toArray();
        TensorSet out = TensorSet.allocate(Arena.ofAuto(), List.of(large));
        Delta.write(set(of(large, before)), set(of(large, after)), out);
        double[] delta = values(out.get("w"));
        for (int i = 0; i < delta.length; i++) {
            assertThat(delta[i]).isEqualTo((float) ((double) (float) after[i] - (double) (float) before[i]));
        }
    }

    @Test
    void refusesTensorsOfAnotherShape() {
        TensorSet base = set(of(WEIGHTS, 1, 2));
        TensorSet out = TensorSet.allocate(Arena.ofAuto(), base.specs());
        TensorSet trained = set(of(spec("w", DType.F32, TensorKind.TRAINABLE, 2, 1), 1, 2));
        assertThatThrownBy(() -> Delta.write(base, trained, out)).isInstanceOf(IllegalArgumentException.class);
    }
}
