package io.nsfl.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RobustIT {
    private final PrintStream out = System.out;
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    @TempDir
    private Path home;

    @BeforeEach
    void listen() {
        System.setProperty("nsfl.home", home.toString());
        System.setProperty(
                "nsfl.root", Path.of("..").toAbsolutePath().normalize().toString());
        System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void restore() {
        System.setOut(out);
    }

    @Test
    void timesEveryRuleAndLeavesNothingBehind() {
        int code = BenchApplication.run("robust", "--params", "1000", "--alone");

        assertThat(said.toString(StandardCharsets.UTF_8))
                .contains("| median |", "| trimmed_mean |", "| krum |", "| multi_krum |", "| bulyan |")
                .contains("| geometric_median |");
        assertThat(code).isZero();
        assertThat(home).isEmptyDirectory();
    }

    @Test
    void saysHowManyClientsARuleNeeds() {
        PrintStream err = System.err;
        System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
        try {
            assertThat(BenchApplication.run("robust", "--clients", "10", "--alone"))
                    .isEqualTo(1);
        } finally {
            System.setErr(err);
        }
        assertThat(said.toString(StandardCharsets.UTF_8))
                .contains("--malicious 2 needs --clients of at least 11 for bulyan");
    }
}
