package io.nsfl.taskmanager.launch;

import io.nsfl.protocol.ids.Runtime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out which runtimes work here: a Python runtime whose framework can be imported, DL4J where the Java SDK is installed. Found once, at the
 * start; asking blocks nobody.
 */
public final class WorkingRuntimes {
    private static final Logger LOG = LoggerFactory.getLogger(WorkingRuntimes.class);
    private static final Duration IMPORT_BOUND = Duration.ofMinutes(3);

    private final CompletableFuture<Set<Runtime>> found;

    /** What is tried. @param pythons interpreter by Python runtime @param javaSdk directory of jars */
    public record Probes(
            Set<Runtime> wanted, Map<Runtime, String> pythons, boolean javaSdk, Map<String, String> environment) {}

    private WorkingRuntimes(CompletableFuture<Set<Runtime>> found) {
        this.found = found;
    }

    /** Begins to try them, all at the same time. @param wanted those that the owner allows */
    public static WorkingRuntimes probe(Probes probes, Executor threads) {
        List<CompletableFuture<Set<Runtime>>> tries = probes.wanted().stream()
                .map(runtime -> CompletableFuture.supplyAsync(
                        () -> works(runtime, probes) ? Set.of(runtime) : Set.<Runtime>of(), threads))
                .toList();
        CompletableFuture<Set<Runtime>> all = CompletableFuture.completedFuture(Set.of());
        for (CompletableFuture<Set<Runtime>> one : tries) {
            all = all.thenCombine(one, WorkingRuntimes::union);
        }
        return new WorkingRuntimes(all.thenApply(runtimes -> {
            LOG.info("Runtimes that work here: {}", runtimes);
            return runtimes;
        }));
    }

    private static Set<Runtime> union(Set<Runtime> some, Set<Runtime> more) {
        Set<Runtime> all = EnumSet.noneOf(Runtime.class);
        all.addAll(some);
        all.addAll(more);
        return all;
    }

    private static boolean works(Runtime runtime, Probes probes) {
        return switch (runtime) {
            case TENSORFLOW -> imports(runtime, "tensorflow", probes);
            case PYTORCH -> imports(runtime, "torch", probes);
            case DL4J -> probes.javaSdk();
        };
    }

    private static boolean imports(Runtime runtime, String module, Probes probes) {
        String python = probes.pythons().getOrDefault(runtime, "python3");
        try {
            Path output = Files.createTempFile("nsfl-import-", ".log");
            try {
                return imports(runtime, List.of(python, "-c", "import " + module), output, probes.environment());
            } finally {
                Files.deleteIfExists(output);
            }
        } catch (IOException e) {
            LOG.info("The runtime {} is not offered: {}", runtime.canonicalName(), e.getMessage());
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static boolean imports(Runtime runtime, List<String> command, Path output, Map<String, String> environment)
            throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        boolean ended = process.waitFor(IMPORT_BOUND.toSeconds(), TimeUnit.SECONDS);
        if (!ended) {
            process.destroyForcibly();
        }
        boolean works = ended && process.exitValue() == 0;
        if (!works) {
            List<String> said = Files.readAllLines(output);
            LOG.info(
                    "The runtime {} is not offered: {} {}",
                    runtime.canonicalName(),
                    String.join(" ", command),
                    ended ? "said: " + (said.isEmpty() ? "nothing" : said.getLast()) : "took too long");
        }
        return works;
    }

    /** Completes when every one was tried. */
    public CompletableFuture<Set<Runtime>> found() {
        return found;
    }

    /** Those known to work by now. */
    public Set<Runtime> now() {
        return found.getNow(Set.of());
    }
}
