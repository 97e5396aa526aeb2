package io.nsfl.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SecaggIT {
    @TempDir
    private Path home;

    @Test
    void timesASessionWhoseSumIsExact() {
        BenchCall call =
                BenchCall.run(home, "secagg", "--clients", "10", "--length", "1000", "--drop", "20", "--warm-up", "0");

        assertThat(call.said())
                .contains("client ms:", "server ms:")
                .containsPattern("result client_ms=\\d+ server_ms=\\d+ exact=true clients=10 length=1000 drop=20 ");
        assertThat(call.code()).isZero();
    }

    @Test
    void timesGroupsOneAfterTheOther() {
        BenchCall call = BenchCall.run(
                home,
                "secagg",
                "--clients",
                "12",
                "--length",
                "1000",
                "--drop",
                "20",
                "--groups",
                "3",
                "--warm-up",
                "0");

        assertThat(call.said()).containsPattern("exact=true clients=12 .* groups=3");
        assertThat(call.code()).isZero();
    }
}
