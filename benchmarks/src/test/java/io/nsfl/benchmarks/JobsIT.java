package io.nsfl.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JobsIT {
    @TempDir
    private Path home;

    @Test
    void timesEveryCallAndLeavesNothing() {
        BenchCall call = BenchCall.run(home, "jobs", "--many", "30", "--few", "5", "--turns", "3");

        assertThat(call.said())
                .contains("create ", "get ", "list of 10 ", "stop ", "delete ")
                .containsPattern("result worst_ratio=\\d+\\.\\d+ many=30 few=5\n");
        assertThat(call.code()).isZero();
        assertThat(home).isEmptyDirectory();
    }
}
