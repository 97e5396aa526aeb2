package io.nsfl.scheduler.launch;

import io.nsfl.scheduler.job.Job;
import io.nsfl.workload.WorkloadLauncher;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The end of what a job's coordinator wrote: of the one that runs, or of the last one, which is kept beside its configuration. */
public final class CoordinatorLog {
    private static final Logger log = LoggerFactory.getLogger(CoordinatorLog.class);
    private static final int MOST_BYTES = 1 << 20;
    private static final String KEPT = "coordinator.log";

    private final WorkloadLauncher launcher;
    private final JobFiles files;

    public CoordinatorLog(WorkloadLauncher launcher, JobFiles files) {
        this.launcher = launcher;
        this.files = files;
    }

    /** At most so many lines, of the last MiB. */
    public List<String> tail(Job job, int lines) {
        String text = launcher.find(job.workload()).isPresent()
                ? launcher.log(job.workload(), MOST_BYTES)
                : read(files.coordinator(job.key()).resolve(KEPT)).orElse("");
        List<String> all = text.lines().toList();
        return all.subList(Math.max(0, all.size() - lines), all.size());
    }

    /** Before the launcher forgets the workload. A log that cannot be kept is no reason not to go on. */
    public void keep(Job job) {
        Path directory = files.coordinator(job.key());
        launcher.find(job.workload())
                .map(status -> launcher.log(status.name(), MOST_BYTES))
                .filter(text -> !text.isEmpty())
                .ifPresent(text -> {
                    try {
                        Files.writeString(Files.createDirectories(directory).resolve(KEPT), text);
                    } catch (IOException unwritable) {
                        log.warn("The log of job {} is not kept: {}", job.key(), unwritable.toString());
                    }
                });
    }

    private static Optional<String> read(Path file) {
        try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "r")) {
            long from = Math.max(0, content.length() - MOST_BYTES);
            byte[] bytes = new byte[(int) Math.min(MOST_BYTES, content.length() - from)];
            content.seek(from);
            content.readFully(bytes);
            return Optional.of(new String(bytes, StandardCharsets.UTF_8));
        } catch (IOException absent) {
            return Optional.empty();
        }
    }
}
