package io.nsfl.benchmarks.measure;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What the kernel says about the process of one coordinator. */
final class CoordinatorProcess {
    private static final Path PROC = Path.of("/proc");
    private static final String MAIN = "io.nsfl.coordinator.CoordinatorApplication";

    /** The kernel counts in hundredths of a second, whatever its own clock. */
    private static final double TICKS_PER_SECOND = 100;

    private final Path directory;

    private CoordinatorProcess(Path directory) {
        this.directory = directory;
    }

    /** The coordinator whose start configuration lies below this directory, if it runs. */
    static Optional<CoordinatorProcess> below(Path home) throws IOException {
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                List<String> command = command(process);
                boolean java = !command.isEmpty() && command.getFirst().endsWith("java");
                if (java && command.contains(MAIN) && command.stream().anyMatch(word -> word.startsWith(home + "/"))) {
                    return Optional.of(new CoordinatorProcess(process));
                }
            }
        }
        return Optional.empty();
    }

    /** Anonymous memory and its like, now; empty = the process is gone. */
    Optional<MemoryStatus> memory() {
        return read("status").flatMap(MemoryStatus::parse);
    }

    /** CPU seconds of all its threads so far; empty = the process is gone. */
    Optional<Double> cpuSeconds() {
        return read("stat").map(CoordinatorProcess::cpuSeconds);
    }

    /** @param stat content of {@code /proc/<pid>/stat}: the program's name, in brackets, may hold anything */
    static double cpuSeconds(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
    }

    private Optional<String> read(String file) {
        try {
            return Optional.of(Files.readString(directory.resolve(file)));
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    private static List<String> command(Path process) {
        try {
            String line = new String(Files.readAllBytes(process.resolve("cmdline")), StandardCharsets.UTF_8);
            return Arrays.asList(line.split("\0"));
        } catch (IOException gone) {
            return List.of();
        }
    }
}
