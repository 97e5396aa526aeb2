package io.nsfl.coordinator.run;

import io.nsfl.coordinator.checkpoint.DirectoryRecords;
import io.nsfl.coordinator.checkpoint.Journal;
import io.nsfl.coordinator.checkpoint.RunHistory;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.PrivateFile;
import io.nsfl.protocol.ids.RunKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the runs of one job left behind in direct mode: a journal each and, apart from it, a key. Runs without a key, or with a journal
 * that the key does not fit, are not seen and stay where they are.
 *
 * @param journals directory of the job's journals
 * @param keys directory of run keys, of all jobs
 */
record KeptRuns(Path journals, Path keys) {
    private static final Logger log = LoggerFactory.getLogger(KeptRuns.class);
    static final int KEY_BYTES = 32;

    /** A run whose journal can be read. @param epoch the highest that has written */
    record KeptRun(String name, RunKey key, long epoch, RunHistory history) {}

    List<KeptRun> all() {
        return names().stream().flatMap(name -> read(name).stream()).toList();
    }

    DirectoryRecords records(String run) {
        return new DirectoryRecords(journals.resolve(run));
    }

    /** Removes the runs that finished, but for the last ones. One that cannot be removed is no obstacle to the next run. */
    void prune(int finishedKept) {
        List<KeptRun> finished = all().stream()
                .filter(run -> run.history().finished().isPresent())
                .sorted(Comparator.comparing((KeptRun run) ->
                                run.history().finished().orElseThrow().at())
                        .reversed())
                .toList();
        for (KeptRun old : finished.subList(Math.min(finishedKept, finished.size()), finished.size())) {
            try {
                remove(old.name());
            } catch (IOException | FaultException failed) {
                log.warn("The journal of the finished run {} stays: {}", old.name(), failed.getMessage());
            }
        }
    }

    /** From the first record on, so that what an interruption leaves never looks like a run to resume; the key last. */
    private void remove(String run) throws IOException {
        DirectoryRecords files = records(run);
        files.list().stream().sorted().forEach(files::delete);
        Files.deleteIfExists(journals.resolve(run));
        Files.deleteIfExists(keys.resolve(run));
    }

    private Optional<KeptRun> read(String run) {
        try {
            Optional<byte[]> secret = PrivateFile.read(keys.resolve(run), KEY_BYTES);
            if (secret.isEmpty()) {
                return Optional.empty();
            }
            RunKey key = RunKey.of(secret.get());
            DirectoryRecords files = records(run);
            long epoch = Journal.highestEpoch(files);
            return Optional.of(new KeptRun(
                    run,
                    key,
                    epoch,
                    RunHistory.of(Journal.open(files, key, epoch).records())));
        } catch (IOException | FaultException unusable) {
            // A journal that cannot be resumed is no obstacle to a new run; it stays where it is.
            return Optional.empty();
        }
    }

    private List<String> names() {
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
}
