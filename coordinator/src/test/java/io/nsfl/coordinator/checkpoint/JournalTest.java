package io.nsfl.coordinator.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nsfl.coordinator.checkpoint.JournalRecord.CheckpointSaved;
import io.nsfl.coordinator.checkpoint.JournalRecord.Launched;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.RunKey;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class JournalTest {
    private static final RunKey KEY = RunKey.of(new byte[32]);
    private static final JournalRecord FIRST = new Launched(1, Instant.parse("2026-01-01T00:00:00Z"));
    private static final JournalRecord SECOND = new CheckpointSaved(1, "checkpoint_v1");
    private static final JournalRecord THIRD = new CheckpointSaved(2, "checkpoint_v2");

    private final MemoryRecords files = new MemoryRecords();

    @Test
    void givesBackWhatWasWritten() {
        write(1, FIRST, SECOND, THIRD);

        assertThat(read(1)).containsExactly(FIRST, SECOND, THIRD);
    }

    @Test
    void toleratesATailCutAtEveryByteAndWritesOverIt() {
        write(1, FIRST, SECOND);
        String last = files.files().lastKey();
        byte[] whole = files.files().get(last);
        for (int length = 0; length < whole.length; length++) {
            files.files().put(last, Arrays.copyOf(whole, length));

            Journal journal = Journal.open(files, KEY, 1);

            assertThat(journal.records()).as("cut at %d", length).containsExactly(FIRST);
            journal.append(THIRD);
            assertThat(read(1)).containsExactly(FIRST, THIRD);
            files.files().put(last, whole);
        }
    }

    @Test
    void believesNoTailWithABitTurned() {
        write(1, FIRST, SECOND);
        String last = files.files().lastKey();
        byte[] whole = files.files().get(last);
        for (int i = 0; i < whole.length; i++) {
            byte[] damaged = whole.clone();
            damaged[i] = (byte) (damaged[i] ^ 1 << (i % 8));
            files.files().put(last, damaged);

            assertThat(read(1)).as("byte %d", i).containsExactly(FIRST);
        }
    }

    @Test
    void keepsNothingInMemoryOfWhatItWrites() {
        Journal journal = Journal.open(files, KEY, 1);

        journal.append(FIRST);

        assertThat(journal.records()).isEmpty();
        assertThat(read(1)).containsExactly(FIRST);
    }

    @Test
    void refusesADamagedMiddle() {
        write(1, FIRST, SECOND, THIRD);
        String middle = files.list().get(1);
        files.files().put(middle, new byte[10]);

        assertThatThrownBy(() -> read(1))
                .isInstanceOfSatisfying(
                        FaultException.class, fault -> assertThat(fault.fault()).isEqualTo(Fault.JOURNAL_DAMAGED));
    }

    @Test
    void refusesAMissingMiddle() {
        write(1, FIRST, SECOND, THIRD);
        files.delete(files.list().get(1));

        assertThatThrownBy(() -> read(1)).hasMessageContaining("Journal record 2");
    }

    @Test
    void doesNotTakeRecordsThatWereMadeWithoutTheKey() {
        byte[] other = new byte[32];
        other[0] = 1;
        Journal.open(files, RunKey.of(other), 1).append(FIRST);

        assertThat(read(1)).isEmpty();
    }

    @Test
    void refusesToWriteOnceAHigherEpochHasTakenOver() {
        Journal old = Journal.open(files, KEY, 1);
        old.append(FIRST);
        Journal.open(files, KEY, 2).append(SECOND);

        assertThatThrownBy(() -> old.append(THIRD))
                .isInstanceOfSatisfying(
                        FaultException.class, fault -> assertThat(fault.fault()).isEqualTo(Fault.STALE_RUN));
        assertThat(read(2)).containsExactly(FIRST, SECOND);
    }

    @Test
    void doesNotCountWhatALowerEpochWroteAfterwards() {
        MemoryRecords stale = new MemoryRecords();
        Journal old = Journal.open(stale, KEY, 1);
        old.append(FIRST);
        files.files().putAll(stale.files());
        Journal.open(files, KEY, 2).append(SECOND);
        old.append(THIRD);
        old.append(SECOND);
        stale.files().forEach(files.files()::putIfAbsent);

        assertThat(read(2)).containsExactly(FIRST, SECOND);
    }

    @Test
    void refusesToOpenUnderAnEpochThatIsOver() {
        Journal.open(files, KEY, 2).append(FIRST);

        assertThatThrownBy(() -> read(1)).hasMessageContaining("epoch 2");
    }

    private void write(long epoch, JournalRecord... records) {
        Journal journal = Journal.open(files, KEY, epoch);
        List.of(records).forEach(journal::append);
    }

    private List<JournalRecord> read(long epoch) {
        return Journal.open(files, KEY, epoch).records();
    }
}
