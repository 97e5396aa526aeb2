package io.nsfl.modelformats;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Runs a script with the frameworks' own Python. */
final class Python {
    private final Path interpreter;
    private final Path script;

    /** @param runtime tensorflow or pytorch; NSFL_PYTHON_TENSORFLOW and NSFL_PYTHON_PYTORCH name other interpreters */
    Python(String runtime, String script) {
        Path usual = Path.of(System.getProperty("user.home"), ".nsfl", "python", runtime, "bin", "python");
        this.interpreter = Optional.ofNullable(System.getenv("NSFL_PYTHON_" + runtime.toUpperCase(Locale.ROOT)))
                .map(Path::of)
                .orElse(usual);
        this.script = Path.of("src", "test", "python", script);
    }

    void run(Path log, String... arguments) throws IOException, InterruptedException {
        assertThat(interpreter)
                .as("There is no Python with the framework at " + interpreter + "; ./nsfl test makes it.")
                .isExecutable();
        List<String> command = new ArrayList<>(List.of(interpreter.toString(), script.toString()));
        command.addAll(List.of(arguments));
        File output = log.toFile();
        int exit = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output)
                .start()
                .waitFor();
        assertThat(exit).as(Files.readString(log, StandardCharsets.UTF_8)).isZero();
    }
}
