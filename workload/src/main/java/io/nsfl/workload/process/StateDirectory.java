package io.nsfl.workload.process;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.workload.WorkloadEnd;
import io.nsfl.workload.WorkloadSpec;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * What is remembered of one workload, in files of one directory: {@code spec} (by the launcher, before the start), {@code process}
 * (the supervising shell's own line of the process table), {@code exit} (exit status, written when the program ended).
 * Secrets and environment are not in it.
 */
final class StateDirectory {
    private static final String LABEL = "label.";

    private final Path directory;

    StateDirectory(Path directory) {
        this.directory = directory;
    }

    /** What was launched. */
    record Launched(String name, String revision, Map<String, String> labels, Instant startedAt, String bootId) {}

    Path path() {
        return directory;
    }

    /** Forgets what was there and remembers this launch. */
    void create(WorkloadSpec spec, Instant startedAt, String bootId) throws IOException {
        delete();
        Files.createDirectories(directory);
        Properties properties = new Properties();
        properties.setProperty("name", spec.name());
        properties.setProperty("revision", spec.revision());
        properties.setProperty("started_at", startedAt.toString());
        properties.setProperty("boot_id", bootId);
        spec.labels().forEach((key, value) -> properties.setProperty(LABEL + key, value));
        Path draft = directory.resolve("spec.tmp");
        try (Writer writer = Files.newBufferedWriter(draft)) {
            properties.store(writer, null);
        }
        Files.move(draft, directory.resolve("spec"), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Empty where no launch got as far as being remembered, or a power cut left nothing of it. */
    Optional<Launched> launched() throws IOException {
        Path file = directory.resolve("spec");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        }
        Map<String, String> labels = new HashMap<>();
        for (String key : properties.stringPropertyNames()) {
            if (key.startsWith(LABEL)) {
                labels.put(key.substring(LABEL.length()), properties.getProperty(key));
            }
        }
        String startedAt = properties.getProperty("started_at");
        if (startedAt == null) {
            return Optional.empty();
        }
        return Optional.of(new Launched(
                properties.getProperty("name"),
                properties.getProperty("revision"),
                labels,
                Instant.parse(startedAt),
                properties.getProperty("boot_id")));
    }

    /** Notes the supervising shell's identity; of one that ended already nothing is noted. */
    void noteProcess(long pid) throws IOException {
        Path own = Path.of("/proc", Long.toString(pid), "stat");
        if (Files.exists(own)) {
            Path draft = directory.resolve("process.launcher");
            Files.writeString(draft, Files.readString(own));
            Files.move(draft, directory.resolve("process"), StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /** The supervising shell as it saw itself; empty while it has not come that far. */
    Optional<ProcessTable.Entry> process() {
        try {
            return ProcessTable.parse(Files.readString(directory.resolve("process")));
        } catch (IOException absent) {
            return Optional.empty();
        }
    }

    /** How the program ended; empty while it runs or when nobody was left to write it. A power cut leaves the file there, and nothing in it. */
    Optional<WorkloadEnd> exit() {
        try {
            return Optional.of(parseExit(Files.readString(directory.resolve("exit"))));
        } catch (IOException absent) {
            return Optional.empty();
        } catch (NumberFormatException lost) {
            return Optional.of(new WorkloadEnd.Lost());
        }
    }

    /** "code oomKillsBefore oomKillsAfter"; a shell reports a signal as 128 + its number. */
    static WorkloadEnd parseExit(String line) {
        String[] fields = line.strip().split(" ");
        int code = Integer.parseInt(fields[0]);
        if (code <= 128 || code > 128 + 64) {
            return new WorkloadEnd.Exited(code);
        }
        boolean kernelKilled = fields.length == 3 && Long.parseLong(fields[2]) > Long.parseLong(fields[1]);
        return code == 128 + 9 && kernelKilled ? new WorkloadEnd.OutOfMemory() : new WorkloadEnd.Killed(code - 128);
    }

    void delete() {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            throw new FaultException(
                    Fault.WORKLOAD_FAILED,
                    "The state directory " + directory + " cannot be removed: " + e.getMessage(),
                    e);
        }
    }
}
