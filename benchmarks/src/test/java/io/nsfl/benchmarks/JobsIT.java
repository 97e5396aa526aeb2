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

/** Needs the other modules built beside this one, as {@code ./nsfl bench} does. */
final class JobsIT {
    private final PrintStream out = System.out;
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    @TempDir
    private Path home;

    @BeforeEach
    void prepare() {
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
    void timesEveryCallAndLeavesNothing() {
        int code = BenchApplication.run("jobs", "--many", "30", "--few", "5", "--turns", "3");

        assertThat(said.toString(StandardCharsets.UTF_8))
                .contains("create ", "get ", "list of 10 ", "stop ", "delete ")
                .containsPattern("result worst_ratio=\\d+\\.\\d+ many=30 few=5\n");
        assertThat(code).isZero();
        assertThat(home).isEmptyDirectory();
    }
}
