package io.nsfl.benchmarks.robust;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The same rule in a process of Python: {@code benchmarks/src/main/peers/robust.py}. */
public final class FlowerRule {
    private final Path python;
    private final Path script;

    /** @param root of the project. Makes the Python environment if there is none. */
    public FlowerRule(Path root) throws IOException, InterruptedException {
        script = root.resolve("benchmarks/src/main/peers/robust.py");
        python = Path.of(output(List.of(root.resolve("nsfl").toString(), "python", "peers")));
    }

    /** @param rule as in a job's configuration */
    public Outcome run(String rule, int malicious, UpdateFiles updates, Path scratch)
            throws IOException, InterruptedException {
        Path result = scratch.resolve("flower.f32");
        List<String> command = new ArrayList<>(
                List.of(python.toString(), script.toString(), rule, String.valueOf(malicious), result.toString()));
        updates.files().forEach(file -> command.add(file.toString()));
        String[] said = output(command).split(" ");
        return new Outcome(0, Double.parseDouble(said[0]) * 1e3, Double.parseDouble(said[1]), result);
    }

    /** The last line that it prints. */
    private static String output(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (process.waitFor() != 0) {
            throw new FaultException(
                    Fault.INTERNAL_ERROR,
                    "'" + String.join(" ", command.subList(0, 2)) + "' ended with code " + process.exitValue());
        }
        return said.substring(said.lastIndexOf('\n') + 1);
    }
}
