package io.nsfl.coordinator.run;

import io.nsfl.coordinator.checkpoint.DirectoryRecords;
import io.nsfl.coordinator.checkpoint.Journal;
import io.nsfl.coordinator.checkpoint.RunHistory;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.IdSource;
import io.nsfl.protocol.ids.PrivateFile;
import io.nsfl.protocol.ids.RunKey;
import io.nsfl.protocol.job.JobConfig;
import io.nsfl.protocol.v1.RunRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which run a process plays, with its key and its journal.
 *
 * <p>In direct mode nobody says so: the last unfinished run of the same configuration is resumed, else a new one begins. Its key is made
 * here and kept apart from the journal, which users may write to.
 */
public record RunIdentity(RunRef ref, RunKey key, Journal journal) {
    private static final int KEY_BYTES = 32;

    /** A run that the job-scheduler made. */
    public static RunIdentity given(JobConfig job, String run, long epoch, byte[] internalSecret, Path journals) {
        RunKey key = RunKey.derive(internalSecret, run);
        Journal journal = Journal.open(new DirectoryRecords(journals.resolve(run)), key, epoch);
        return new RunIdentity(ref(job, run, epoch), key, journal);
    }

    /** A run of direct mode. @param keys directory of run keys */
    public static RunIdentity own(JobConfig job, Path journals, Path keys, IdSource ids, SecureRandom random) {
        for (String run : runs(journals)) {
            Optional<RunIdentity> unfinished = unfinished(job, run, journals, keys);
            if (unfinished.isPresent()) {
                return unfinished.get();
            }
        }
        String run = ids.next();
        byte[] secret = new byte[KEY_BYTES];
        random.nextBytes(secret);
        try {
            PrivateFile.create(keys.resolve(run), secret);
        } catch (IOException failed) {
            throw new FaultException(
                    Fault.STORAGE_UNAVAILABLE,
                    "The run's key cannot be kept in " + keys + " (" + failed.getMessage()
                            + "); set NSFL_HOME to a directory that can be written.",
                    failed);
        }
        RunKey key = RunKey.of(secret);
        return new RunIdentity(
                ref(job, run, 1), key, Journal.open(new DirectoryRecords(journals.resolve(run)), key, 1));
    }

    private static Optional<RunIdentity> unfinished(JobConfig job, String run, Path journals, Path keys) {
        try {
            Optional<byte[]> secret = PrivateFile.read(keys.resolve(run), KEY_BYTES);
            if (secret.isEmpty()) {
                return Optional.empty();
            }
            DirectoryRecords files = new DirectoryRecords(journals.resolve(run));
            long epoch = Journal.highestEpoch(files) + 1;
            RunKey key = RunKey.of(secret.get());
            Journal journal = Journal.open(files, key, epoch);
            RunIdentity identity = new RunIdentity(ref(job, run, epoch), key, journal);
            RunHistory history = RunHistory.of(journal.records());
            String digest = RunPlan.of(job, identity.ref(), key, () -> "").digest();
            boolean same = history.started()
                    .filter(started -> started.planDigest().equals(digest))
                    .isPresent();
            return same && history.finished().isEmpty() ? Optional.of(identity) : Optional.empty();
        } catch (IOException | FaultException unusable) {
            // A journal that cannot be resumed is no obstacle to a new run; it stays where it is.
            return Optional.empty();
        }
    }

    private static List<String> runs(Path journals) {
        if (!Files.isDirectory(journals)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(journals)) {
            return children.map(child -> child.getFileName().toString())
                    .sorted()
                    .toList();
        } catch (IOException failed) {
            throw new FaultException(
                    Fault.STORAGE_UNAVAILABLE, "Cannot list " + journals + ": " + failed.getMessage() + ".", failed);
        }
    }

    private static RunRef ref(JobConfig job, String run, long epoch) {
        return RunRef.newBuilder()
                .setNamespace(job.key().namespace())
                .setJob(job.key().id())
                .setRun(run)
                .setEpoch(epoch)
                .build();
    }
}
