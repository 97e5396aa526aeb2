package io.nsfl.taskmanager.launch;

import io.nsfl.taskmanager.quota.StorageQuota;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What executors leave on the disk: one directory each, named like it, with its configuration and, where it was killed while it masked, what its
 * task had trained.
 */
final class ExecutorDirectories {
    /** Nobody tells a client that a run is over; what one round of it gave away must be remembered as long as its attempts. */
    static final Duration UNUSED = Duration.ofDays(1);

    private static final Logger LOG = LoggerFactory.getLogger(ExecutorDirectories.class);

    private final Path root;

    ExecutorDirectories(Path root) {
        this.root = root;
    }

    Path of(String executor) {
        return root.resolve(executor);
    }

    /** Written at each launch. */
    Path configFile(String executor) {
        return of(executor).resolve("executor.json");
    }

    /** Whether the latest of this name was launched with something else. */
    boolean configuredOtherwise(String executor, byte[] config) throws IOException {
        Path file = configFile(executor);
        return Files.exists(file) && !Arrays.equals(Files.readAllBytes(file), config);
    }

    void configure(String executor, byte[] config) throws IOException {
        Files.createDirectories(of(executor));
        Files.write(configFile(executor), config);
    }

    /** Deletes those of executors that were not launched for long. @param inUse by name: whether it runs, or is to run */
    void tidy(Instant now, Predicate<String> inUse) {
        if (!Files.isDirectory(root)) {
            return;
        }
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(root)) {
            for (Path directory : directories) {
                String executor = directory.getFileName().toString();
                if (launched(executor).isBefore(now.minus(UNUSED)) && !inUse.test(executor)) {
                    StorageQuota.delete(directory);
                    LOG.info("What executor {} left is deleted: its run is over", executor);
                }
            }
        } catch (IOException failed) {
            LOG.warn("What executors left in {} cannot be looked through: {}", root, failed.getMessage());
        }
    }

    private Instant launched(String executor) throws IOException {
        Path config = configFile(executor);
        Path told = Files.exists(config, LinkOption.NOFOLLOW_LINKS) ? config : of(executor);
        return Files.getLastModifiedTime(told, LinkOption.NOFOLLOW_LINKS).toInstant();
    }
}
