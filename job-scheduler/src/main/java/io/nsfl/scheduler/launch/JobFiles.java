package io.nsfl.scheduler.launch;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.JobKey;
import io.nsfl.scheduler.job.Job;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where a job's files are below the shared root, and nowhere else: {@code <workspace>/<namespace>/…} for what a user gave and gets,
 * {@code <workspace>/<configs>/<namespace>-<id>/} for its coordinator.
 */
public final class JobFiles {
    private final Path workspace;
    private final String configs;

    /** @param workspace the shared root @param configs name of the directory of coordinator configurations in it */
    public JobFiles(Path workspace, String configs) {
        this.workspace = workspace.toAbsolutePath().normalize();
        this.configs = configs;
    }

    public Path namespace(String namespace) {
        return workspace.resolve(namespace);
    }

    /**
     * A path that a user named, below his namespace; a leading slash means the namespace's root.
     *
     * @throws FaultException REQUEST_INVALID if it leads out of the namespace, by symbolic links too
     */
    public Path below(String namespace, String given) {
        Path root = namespace(namespace);
        try {
            Path path = root.resolve(given.replaceFirst("^/+", "")).normalize();
            Path existing = path;
            while (existing.startsWith(root) && !Files.exists(existing)) {
                existing = existing.getParent();
            }
            if (path.startsWith(root)
                    && existing.startsWith(root)
                    && existing.toRealPath().startsWith(root.toRealPath())) {
                return path;
            }
        } catch (IOException | InvalidPathException unusable) {
            throw outside(namespace, given, unusable);
        }
        throw outside(namespace, given, null);
    }

    /** Where a file is below the shared root. */
    Path place(Path file) {
        return workspace.relativize(file);
    }

    /** The directory of a job's coordinator: configuration, journal. */
    public Path coordinator(JobKey key) {
        return workspace.resolve(configs).resolve(key.serviceName());
    }

    /** Replaces the coordinator's start configuration as a whole. */
    public Path writeConfiguration(JobKey key, byte[] json) throws IOException {
        Path directory = Files.createDirectories(coordinator(key));
        Path unfinished = directory.resolve("coordinator.json.part");
        Files.write(unfinished, json);
        return Files.move(
                unfinished,
                directory.resolve("coordinator.json"),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    /** Removes all results of the job, and its coordinator's directory. What the user uploaded stays. */
    public void deleteResults(Job job) throws IOException {
        for (Path result : results(job)) {
            deleteTree(result);
        }
        deleteTree(coordinator(job.key()));
    }

    private List<Path> results(Job job) throws IOException {
        Optional<Path> output = output(job).filter(Files::isDirectory);
        if (output.isEmpty()) {
            return List.of();
        }
        Pattern name = Pattern.compile("fl_" + Pattern.quote(job.key().id()) + "_output_V[0-9]+");
        try (Stream<Path> entries = Files.list(output.get())) {
            return entries.filter(entry ->
                            name.matcher(entry.getFileName().toString()).matches())
                    .toList();
        }
    }

    /** Empty when it is not below the namespace: then nothing of this job can be there. */
    private Optional<Path> output(Job job) {
        try {
            return Optional.of(
                    below(job.key().namespace(), job.data().path("output").asString("")));
        } catch (FaultException outside) {
            return Optional.empty();
        }
    }

    private static void deleteTree(Path tree) throws IOException {
        if (!Files.exists(tree)) {
            return;
        }
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.deleteIfExists(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static FaultException outside(String namespace, String given, Exception cause) {
        return new FaultException(
                Fault.REQUEST_INVALID,
                "The path \"%s\" is not below the directory of namespace %s.".formatted(given, namespace),
                cause);
    }
}
