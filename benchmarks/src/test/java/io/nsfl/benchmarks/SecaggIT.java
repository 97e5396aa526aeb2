package io.nsfl.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class SecaggIT {
    private final PrintStream out = System.out;
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    @BeforeEach
    void listen() {
        System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void restore() {
        System.setOut(out);
    }

    @Test
    void timesASessionWhoseSumIsExact() {
        int code =
                BenchApplication.run("secagg", "--clients", "10", "--length", "1000", "--drop", "20", "--warm-up", "0");

        assertThat(said.toString(StandardCharsets.UTF_8))
                .contains("client ms:", "server ms:")
                .containsPattern("result client_ms=\\d+ server_ms=\\d+ exact=true clients=10 length=1000 drop=20 ");
        assertThat(code).isZero();
    }

    @Test
    void timesGroupsOneAfterTheOther() {
        int code = BenchApplication.run(
                "secagg", "--clients", "12", "--length", "1000", "--drop", "20", "--groups", "3", "--warm-up", "0");

        assertThat(said.toString(StandardCharsets.UTF_8)).containsPattern("exact=true clients=12 .* groups=3");
        assertThat(code).isZero();
    }
}
