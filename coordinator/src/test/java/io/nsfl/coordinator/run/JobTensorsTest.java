package io.nsfl.coordinator.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSpec;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class JobTensorsTest {
    private static final List<TensorSpec> MODEL = List.of(
            spec("conv/kernel", TensorKind.TRAINABLE),
            spec("bn/gamma", TensorKind.TRAINABLE),
            spec("bn/moving_mean", TensorKind.STATISTIC),
            spec("dense/kernel", TensorKind.TRAINABLE));

    @Test
    void whatThePatternsNameStaysAtTheClient() {
        assertThat(JobTensors.of(MODEL, List.of("bn/*", "dense/kerne?")))
                .extracting(TensorSpec::kind)
                .containsExactly(TensorKind.TRAINABLE, TensorKind.LOCAL, TensorKind.LOCAL, TensorKind.LOCAL);
        assertThat(JobTensors.of(MODEL, List.of())).isEqualTo(MODEL);
    }

    @Test
    void aPatternThatMatchesNothingIsToldWithTheNamesThatThereAre() {
        assertThatThrownBy(() -> JobTensors.of(MODEL, List.of("bn*", "batch*")))
                .isInstanceOfSatisfying(
                        FaultException.class, e -> assertThat(e.fault()).isEqualTo(Fault.CONFIGURATION_INVALID))
                .hasMessageContaining("\"batch*\"")
                .hasMessageContaining("conv/kernel, bn/gamma, bn/moving_mean, dense/kernel");
    }

    @Test
    void somethingMustBeLeftToTrainTogether() {
        assertThatThrownBy(() -> JobTensors.of(MODEL, List.of("*")))
                .isInstanceOf(FaultException.class)
                .hasMessageContaining("no tensor to train together");
    }

    @Test
    void aReservedNameIsRefused() {
        assertThatThrownBy(() -> JobTensors.of(List.of(spec("nsfl:x", TensorKind.TRAINABLE)), List.of()))
                .isInstanceOf(FaultException.class)
                .hasMessageContaining("reserved");
    }

    @ParameterizedTest
    @CsvSource({
        "a*c, abc, true",
        "a*c, ac, true",
        "a*c, abd, false",
        "?, a, true",
        "?, ab, false",
        "*, abc, true",
        "a.b, axb, false",
        "*.bn?.*, layer1.bn2.weight, true",
        "bn, bn1, false",
        "*a*b, xaxab, true"
    })
    void starsStandForAnythingAndQuestionMarksForOne(String pattern, String name, boolean matches) {
        assertThat(JobTensors.matches(pattern, name)).isEqualTo(matches);
    }

    @Test
    void aHostilePatternTakesNoTime() {
        assertThat(JobTensors.matches("*a".repeat(120) + "b", "a".repeat(5_000)))
                .isFalse();
    }

    private static TensorSpec spec(String name, TensorKind kind) {
        return new TensorSpec(name, DType.F32, List.of(2L), kind);
    }
}
