package io.nsfl.coordinator.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.coordinator.checkpoint.DirectoryRecords;
import io.nsfl.coordinator.checkpoint.Journal;
import io.nsfl.coordinator.checkpoint.JournalRecord;
import io.nsfl.coordinator.round.RunState;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.ids.PrivateFile;
import io.nsfl.protocol.ids.RunKey;
import io.nsfl.protocol.job.JobConfigReader;
import io.nsfl.protocol.job.JobJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KeptRunsTest {
    @TempDir
    Path directory;

    @Test
    void keepsTheLastThreeFinishedRunsWhenANewOneBegins() throws IOException {
        // The names tell nothing of the order.
        finished("d", 1);
        finished("a", 2);
        finished("c", 3);
        finished("b", 4);
        finished("e", 5);

        newRun();

        assertThat(journals().toFile().list()).containsExactlyInAnyOrder("b", "c", "e");
        assertThat(keys().toFile().list()).containsExactlyInAnyOrder("b", "c", "e", "new");
    }

    @Test
    void neverTouchesAnUnfinishedRunOrOneWithoutAKey() throws IOException {
        Journal unfinished = journal("unfinished");
        unfinished.append(started("unfinished", 0));
        for (int i = 0; i < 5; i++) {
            finished("finished-" + i, 10 + i);
        }
        Files.delete(keys().resolve("finished-0"));

        newRun();

        assertThat(journals().toFile().list())
                .containsExactlyInAnyOrder("unfinished", "finished-0", "finished-2", "finished-3", "finished-4");
        assertThat(keys().toFile().list())
                .containsExactlyInAnyOrder("unfinished", "finished-2", "finished-3", "finished-4", "new");
    }

    private void newRun() {
        String job = """
                {"id": "j", "namespace": "default", "runtime": "pytorch", "output": "/o", "model_path": "/m.pth",
                 "task_entry": "e"}
                """;
        RunIdentity identity = RunIdentity.own(
                JobConfigReader.forCoordinator(JobJson.object(job.getBytes(StandardCharsets.UTF_8)))
                        .orThrow(Fault.CONFIGURATION_INVALID, "The job"),
                journals(),
                keys(),
                () -> "new",
                new SecureRandom());
        assertThat(identity.ref().getRun()).isEqualTo("new");
    }

    private void finished(String run, long second) throws IOException {
        Journal journal = journal(run);
        journal.append(started(run, second - 1));
        journal.append(new JournalRecord.RunFinished(RunState.FINISHED.name(), "", Instant.ofEpochSecond(second)));
    }

    private Journal journal(String run) throws IOException {
        byte[] secret = new byte[KeptRuns.KEY_BYTES];
        PrivateFile.create(keys().resolve(run), secret);
        return Journal.open(new DirectoryRecords(journals().resolve(run)), RunKey.of(secret), 1);
    }

    private static JournalRecord started(String run, long second) {
        return new JournalRecord.RunStarted(
                run, 1, "fl_j_output_V0", 7, List.of(), "another", Instant.ofEpochSecond(second));
    }

    private Path journals() {
        return directory.resolve("journals");
    }

    private Path keys() {
        return directory.resolve("keys");
    }
}
