package io.nsfl.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RoundsIT {
    @TempDir
    private Path home;

    @Test
    void commitsEveryRoundAndLeavesNothing() {
        BenchCall call = BenchCall.run(home, "rounds", "--clients", "2", "--params", "10000", "--rounds", "2");

        assertThat(call.said().lines().toList().getLast())
                .matches("result round_s=\\d+\\.\\d+ cpu_s_per_round=\\d+\\.\\d+ coordinator_anon_mb=\\d+\\.\\d+"
                        + " clients=2 params=10000");
        assertThat(call.code()).isZero();
        assertThat(home).isEmptyDirectory();
    }
}
