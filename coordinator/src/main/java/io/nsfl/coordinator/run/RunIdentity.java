package io.nsfl.coordinator.run;

import io.nsfl.coordinator.checkpoint.DirectoryRecords;
import io.nsfl.coordinator.checkpoint.Journal;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.IdSource;
import io.nsfl.protocol.ids.PrivateFile;
import io.nsfl.protocol.ids.RunKey;
import io.nsfl.protocol.job.JobConfig;
import io.nsfl.protocol.v1.RunRef;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;

/**
 * Which run a process plays, with its key and its journal.
 *
 * <p>In direct mode nobody says so: the last unfinished run of the same configuration is resumed, else a new one begins. Its key is made
 * here and kept apart from the journal, which users may write to. When a new run begins, the journals and keys of the last three runs that
 * finished are kept and those of earlier ones removed; a run that did not finish is never touched.
 */
public record RunIdentity(RunRef ref, RunKey key, Journal journal) {
    private static final int FINISHED_KEPT = 3;

    /** A run that the job-scheduler made. */
    public static RunIdentity given(JobConfig job, String run, long epoch, byte[] internalSecret, Path journals) {
        RunKey key = RunKey.derive(internalSecret, run);
        Journal journal = Journal.open(new DirectoryRecords(journals.resolve(run)), key, epoch);
        return new RunIdentity(ref(job, run, epoch), key, journal);
    }

    /** A run of direct mode. @param keys directory of run keys */
    public static RunIdentity own(JobConfig job, Path journals, Path keys, IdSource ids, SecureRandom random) {
        KeptRuns kept = new KeptRuns(journals, keys);
        for (KeptRuns.KeptRun run : kept.all()) {
            Optional<RunIdentity> unfinished = unfinished(job, kept, run);
            if (unfinished.isPresent()) {
                return unfinished.get();
            }
        }
        kept.prune(FINISHED_KEPT);
        String run = ids.next();
        byte[] secret = new byte[KeptRuns.KEY_BYTES];
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

    /** The next epoch of a run that is not over and was started by this very job. */
    private static Optional<RunIdentity> unfinished(JobConfig job, KeptRuns kept, KeptRuns.KeptRun run) {
        long epoch = run.epoch() + 1;
        RunRef ref = ref(job, run.name(), epoch);
        String digest = RunPlan.of(job, ref, run.key(), () -> "").digest();
        boolean same = run.history()
                .started()
                .filter(started -> started.planDigest().equals(digest))
                .isPresent();
        return same && run.history().finished().isEmpty()
                ? Optional.of(new RunIdentity(ref, run.key(), Journal.open(kept.records(run.name()), run.key(), epoch)))
                : Optional.empty();
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
