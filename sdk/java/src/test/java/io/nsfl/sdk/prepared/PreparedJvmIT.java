package io.nsfl.sdk.prepared;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.sdk.Nsfl;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreparedJvmIT {
    @TempDir
    Path directory;

    /** What the prepared JVM becomes. */
    public static final class Program {
        public static void main(String[] args) throws Exception {
            Nsfl.commitMetrics(Map.of("sample_num", Integer.parseInt(args[0])));
            System.out.println("variables " + System.getenv().keySet() + " " + Nsfl.seed());
            new ProcessBuilder("sh", "-c", "echo child $TASK_WORKSPACE")
                    .inheritIO()
                    .start()
                    .waitFor();
            if (args.length > 1) {
                throw new IllegalStateException(args[1]);
            }
        }
    }

    /** Never ends by itself. */
    public static final class Endless {
        public static void main(String[] args) throws Exception {
            System.out.println("running");
            Thread.currentThread().join();
        }
    }

    @Test
    void becomesAProgramWithItsOwnEnvironmentAndArguments() throws Exception {
        Process process = start(Program.class, List.of("42"));

        String output = output(process);

        assertThat(output)
                .contains("variables", "TASK_WORKSPACE", "OptionalLong[5]")
                .doesNotContain("BEFORE");
        assertThat(output).contains("child " + directory);
        assertThat(process.waitFor()).isZero();
        assertThat(Files.readString(directory.resolve("metrics.json"))).isEqualTo("{\"sample_num\":42}");
    }

    @Test
    void endsAsTheProgramEnds() throws Exception {
        Process process = start(Program.class, List.of("42", "boom"));

        assertThat(output(process)).contains("IllegalStateException: boom");
        assertThat(process.waitFor()).isEqualTo(1);
    }

    @Test
    void endsWhenItsStarterGoesAway() throws Exception {
        Process process = start(Endless.class, List.of());
        assertThat(process.inputReader().readLine()).isEqualTo("running");

        process.getOutputStream().close();

        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(137);
    }

    private Process start(Class<?> program, List<String> arguments) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "--add-opens=java.base/java.util=ALL-UNNAMED",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-cp",
                System.getProperty("java.class.path"),
                PreparedJvm.class.getName());
        builder.environment().put("BEFORE", "1");
        Process process = builder.redirectErrorStream(true).start();
        new Instruction(
                        Map.of("TASK_WORKSPACE", directory.toString(), "NSFL_SEED", "5", "PATH", "/usr/bin:/bin"),
                        List.of(),
                        program.getName(),
                        arguments)
                .write(new DataOutputStream(process.getOutputStream()));
        return process;
    }

    private static String output(Process process) throws IOException {
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
