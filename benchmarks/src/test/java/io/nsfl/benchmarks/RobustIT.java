package io.nsfl.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RobustIT {
    @TempDir
    private Path home;

    @Test
    void timesEveryRuleAndLeavesNothing() {
        BenchCall call = BenchCall.run(home, "robust", "--params", "1000", "--alone");

        assertThat(call.said())
                .contains("| median |", "| trimmed_mean |", "| krum |", "| multi_krum |", "| bulyan |")
                .contains("| geometric_median |");
        assertThat(call.code()).isZero();
        assertThat(home).isEmptyDirectory();
    }

    @Test
    void saysHowManyClientsARuleNeeds() {
        BenchCall call = BenchCall.run(home, "robust", "--clients", "10", "--alone");

        assertThat(call.code()).isEqualTo(1);
        assertThat(call.said()).contains("--malicious 2 needs --clients of at least 11 for bulyan");
    }
}
