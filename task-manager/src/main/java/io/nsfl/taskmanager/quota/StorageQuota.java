package io.nsfl.taskmanager.quota;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the workspaces within the owner's quota: above 90 % the oldest finished ones are deleted until 70 % are left, above 100 % no new
 * task is taken. Safe from any thread.
 */
public final class StorageQuota {
    public static final String RUNNING = "_running";
    /** What an executor, killed while it put a directory in the place of a running workspace, left beside that. */
    private static final String REPLACING = ".granted";

    private static final Logger LOG = LoggerFactory.getLogger(StorageQuota.class);
    private static final double CLEAN_ABOVE = 0.9;
    private static final double CLEAN_TO = 0.7;

    private final Path workspace;
    private final long quota;
    private volatile long used;

    /** @param quota bytes */
    public StorageQuota(Path workspace, long quota) {
        this.workspace = workspace;
        this.quota = quota;
    }

    /** Measures again and deletes what has to go. @param needed ids of finished tasks whose files are still wanted */
    public synchronized void tidy(Set<String> needed) {
        used = sizeOf(workspace);
        if (used <= quota * CLEAN_ABOVE) {
            return;
        }
        for (Path finished : finishedByAge(needed)) {
            if (used <= quota * CLEAN_TO) {
                return;
            }
            long freed = sizeOf(finished);
            delete(finished);
            used -= freed;
            LOG.info("Deleted the finished workspace {} ({} bytes) to stay within the storage quota", finished, freed);
        }
    }

    /** Whether so little is left that what only saves time should go too. */
    public boolean tight() {
        return used > quota * CLEAN_ABOVE;
    }

    /** Why no task is taken now; empty = there is room. */
    public Optional<String> full() {
        if (used <= quota) {
            return Optional.empty();
        }
        return Optional.of("The storage of this client is full: " + (used >> 20) + " MB of " + (quota >> 20)
                + " MB (storage_quota) are used.");
    }

    /** Removes the running workspaces that no task owns any more, as a crash leaves them. */
    public void removeLeftovers(Set<String> owned) {
        for (Path directory : taskDirectories()) {
            if (running(directory).filter(task -> !owned.contains(task)).isPresent()) {
                LOG.info("Removed {}: no task owns it", directory);
                delete(directory);
            }
        }
    }

    /** The task whose running workspace this is, or part of it; empty = it has ended. */
    private static Optional<String> running(Path directory) {
        String name = directory.getFileName().toString();
        String whole = name.endsWith(REPLACING) ? name.substring(0, name.length() - REPLACING.length()) : name;
        return whole.endsWith(RUNNING)
                ? Optional.of(whole.substring(0, whole.length() - RUNNING.length()))
                : Optional.empty();
    }

    private List<Path> finishedByAge(Set<String> needed) {
        List<Path> finished = new ArrayList<>(taskDirectories());
        finished.removeIf(directory -> {
            String name = directory.getFileName().toString();
            return running(directory).isPresent() || needed.contains(name);
        });
        finished.sort(Comparator.comparing(StorageQuota::modified));
        return finished;
    }

    private List<Path> taskDirectories() {
        try (Stream<Path> entries = Files.list(workspace)) {
            return entries.filter(path -> {
                        String name = path.getFileName().toString();
                        return (name.startsWith("train-") || name.startsWith("evaluate-"))
                                && Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
                    })
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("The workspace " + workspace + " cannot be listed", e);
        }
    }

    private static FileTime modified(Path directory) {
        try {
            return Files.getLastModifiedTime(directory);
        } catch (IOException gone) {
            return FileTime.fromMillis(0);
        }
    }

    /** Bytes on disk; a file with several names counts once. What vanishes meanwhile counts nothing. */
    static long sizeOf(Path directory) {
        long[] sum = {0};
        Set<Object> counted = new HashSet<>();
        try {
            Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (attributes.fileKey() == null || counted.add(attributes.fileKey())) {
                        sum[0] += attributes.size();
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException gone) {
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException("The size of " + directory + " cannot be found out", e);
        }
        return sum[0];
    }

    /** Deletes a tree without following links; what cannot be deleted stays and is logged. */
    public static void delete(Path directory) {
        try {
            Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException gone) {
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path visited, IOException failure) throws IOException {
                    Files.deleteIfExists(visited);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            LOG.warn("{} cannot be deleted whole: {}", directory, e.getMessage());
        }
    }
}
