package io.nsfl.coordinator.run;

import io.nsfl.coordinator.checkpoint.Journal;
import io.nsfl.coordinator.checkpoint.JournalRecord;
import io.nsfl.coordinator.checkpoint.RunHistory;
import java.util.Optional;

/**
 * What the run has written down: the journal, and what its records come to. A record counts once it is durable. One thread at a time.
 *
 * @param privacy what the records have spent of it; empty = the job asks for none
 */
record RunRecords(Journal journal, RunHistory history, Optional<PrivacyBook> privacy) {
    RunRecords {
        privacy.ifPresent(book -> book.count(history));
    }

    void write(JournalRecord record) {
        journal.append(record);
        history.add(record);
        privacy.ifPresent(book -> book.count(history));
    }
}
