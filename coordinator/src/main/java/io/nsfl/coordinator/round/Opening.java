package io.nsfl.coordinator.round;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Makes the work durable before anybody hears of it.
 *
 * @param only the set that was closed before the coordinator restarted: it alone counts
 * @param lastSession the last masking session that was opened for this work; 0 = none
 */
public record Opening(
        Course course, WorkId id, List<RosterEntry> roster, Optional<SortedSet<String>> only, int lastSession)
        implements RoundPhase {
    static Step begin(Course course, WorkId work, List<RosterEntry> roster) {
        return Step.of(
                new Opening(course, work, roster, Optional.empty(), 0),
                Effect.Announce.about(work, "CLIENTS_SELECTED", told(work, roster.size())),
                new Effect.Open(work, roster));
    }

    private static String told(WorkId work, int clients) {
        String what =
                work.trains() ? "to train round " + work.round() : "to evaluate the model of round " + work.round();
        String again = work.attempt() == 1 ? "" : ", attempt " + work.attempt();
        return clients + (clients == 1 ? " client is selected " : " clients are selected ") + what + again + ".";
    }

    /** After a restart: the same attempt with the same clients. */
    public static Step resume(
            Course course, WorkId work, List<RosterEntry> roster, Optional<SortedSet<String>> only, int lastSession) {
        return Step.of(new Opening(course, work, roster, only, lastSession), new Effect.Reopen(work));
    }

    /** After a restart in the middle of unmasking: what clients released of their masks must not meet another session of theirs. */
    public static Step released(Course course, WorkId work, List<RosterEntry> roster, Instant now) {
        String reason = "the coordinator ended while it took the masks off, and no mask is used twice";
        Attendance attendance = Attendance.asked(new Opening(course, work, roster, Optional.empty(), 0).clients());
        return work.trains()
                ? Failed.attempt(course, work, reason, attendance, now)
                : Evaluating.failed(course, work, reason);
    }

    @Override
    public Optional<WorkId> work() {
        return Optional.of(id);
    }

    @Override
    public Step on(RoundEvent event, Instant now) {
        return switch (event) {
            case RoundEvent.Opened opened when opened.work().equals(id) -> opened(opened.deadline(), now);
            case RoundEvent.OpeningRefused refused
            when refused.work().equals(id) -> refused(refused.rejection().message(), now);
            case RoundEvent.Offered offered -> tooLate(offered);
            case RoundEvent.StopAsked stop -> Finishing.stop(course, id, clients(), stop.reason());
            case RoundEvent.Ending ending -> Ended.by(course, ending);
            case RoundEvent.OfSelection _,
                    RoundEvent.OfMasking _,
                    RoundEvent.OfModel _,
                    RoundEvent.OfRecord _,
                    RoundEvent.Woke _ -> stay();
        };
    }

    private Step opened(Instant deadline, Instant now) {
        Effect opened = Effect.Announce.about(
                id,
                "ROUND_OPENED",
                "Open until " + deadline.truncatedTo(ChronoUnit.SECONDS) + " for " + roster.size() + " clients.");
        Attendance attendance = Attendance.asked(clients());
        if (course.rules().masking().isPresent()) {
            return Readying.begin(course, id, attendance, lastSession, now, deadline)
                    .after(opened);
        }
        Step step = id.trains()
                ? Collecting.begin(course, id, attendance, only, now, deadline)
                : Evaluating.begin(course, id, attendance, now, deadline);
        return step.after(opened);
    }

    private Step refused(String reason, Instant now) {
        return id.trains()
                ? Failed.unopened(course, id, reason, clients(), now)
                : Evaluating.failed(course, id, reason);
    }

    private SortedSet<String> clients() {
        SortedSet<String> clients = new TreeSet<>();
        roster.forEach(entry -> clients.add(entry.clientId()));
        return Collections.unmodifiableSortedSet(clients);
    }
}
