package io.nsfl.coordinator.run;

import io.nsfl.coordinator.checkpoint.JournalRecord;
import io.nsfl.coordinator.masking.MaskedSum;
import io.nsfl.coordinator.masking.MaskingRoom;
import io.nsfl.coordinator.round.MaskedLayout;
import io.nsfl.coordinator.round.MaskingRules;
import io.nsfl.coordinator.round.WorkId;
import io.nsfl.federation.secagg.PartyId;
import io.nsfl.protocol.v1.MaskingStage;
import io.nsfl.protocol.v1.TaskDescription;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * The masking session that is open, and what has to be durable about it: its number, before any client hears of it, and that shares were
 * asked for, before any client is asked. One thread at a time: the run's disk lane.
 */
final class MaskingBook {
    private final Consumer<JournalRecord> journal;
    private Optional<Open> open = Optional.empty();
    private Optional<MaskedSum> sum = Optional.empty();

    private record Open(WorkId work, int session, MaskingRoom room) {}

    MaskingBook(Consumer<JournalRecord> journal) {
        this.journal = journal;
    }

    /**
     * Opens a session, in the place of an earlier one.
     *
     * @param leftOut gets a sentence for each group of clients that is left out
     * @return what its first stage asks, by client
     */
    Map<String, byte[]> open(
            WorkId work,
            int session,
            TaskDescription task,
            MaskedLayout layout,
            SortedMap<String, PartyId> parties,
            MaskingRules rules,
            Consumer<String> leftOut) {
        end();
        MaskingRoom room = new MaskingRoom(task, session, layout, parties, rules, leftOut);
        journal.accept(new JournalRecord.MaskingOpened(
                work.round(), work.attempt(), work.kind(), session, new TreeSet<>(parties.keySet())));
        open = Optional.of(new Open(work, session, room));
        return room.requests();
    }

    /** Goes on to a stage. @return what it asks, by client; empty = the session is not the open one any more */
    Optional<Map<String, byte[]>> advance(WorkId work, int session, MaskingStage stage) {
        return room(work, session).map(room -> {
            if (room.stage() != stage) {
                if (room.releasedBy(stage)) {
                    journal.accept(
                            new JournalRecord.MaskingReleased(work.round(), work.attempt(), work.kind(), session));
                }
                room.advance(stage);
            }
            return room.requests();
        });
    }

    /** @return whether the answer belongs to the stage that is open */
    boolean take(WorkId work, int session, MaskingStage stage, String client, byte[] answer) {
        Optional<MaskingRoom> room = room(work, session)
                .filter(current -> current.stage() == stage
                        && stage != MaskingStage.MASKING_STAGE_INPUT
                        && current.includes(client));
        room.ifPresent(current -> current.take(client, answer));
        return room.isPresent();
    }

    /** @return whether the vector was expected and is in the sum now */
    boolean fold(WorkId work, int session, String client, Path vector) {
        Optional<MaskingRoom> room = room(work, session)
                .filter(current -> current.stage() == MaskingStage.MASKING_STAGE_INPUT && current.wants(client));
        room.ifPresent(current -> current.fold(client, vector));
        return room.isPresent();
    }

    /** @return empty = the session is not the open one any more */
    Optional<MaskedSum> unmask(WorkId work, int session) {
        Optional<MaskedSum> found = room(work, session).map(MaskingRoom::unmask);
        sum = found;
        return found;
    }

    /** Of the session that came to one. */
    Optional<MaskedSum> sum() {
        return sum;
    }

    /** Forgets the session, if there is one. */
    void end() {
        open.map(Open::room).ifPresent(MaskingRoom::close);
        open = Optional.empty();
        sum = Optional.empty();
    }

    private Optional<MaskingRoom> room(WorkId work, int session) {
        return open.filter(current -> current.work().equals(work) && current.session() == session)
                .map(Open::room);
    }
}
