package io.nsfl.coordinator.round;

import io.nsfl.coordinator.round.Attendance.Place;
import io.nsfl.coordinator.round.Attendance.Standing;
import io.nsfl.coordinator.round.RoundEvent.Offer;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedSet;

/**
 * Waits until enough clients have trained, before a masking session is opened over them; and again between two sessions. What they trained
 * stays with them meanwhile.
 *
 * @param session the last one that was opened for this work; 0 = none yet
 * @param since when the wait began
 * @param thresholdAt when the threshold was ready
 */
public record Readying(
        Course course,
        WorkId id,
        Attendance attendance,
        int session,
        Instant since,
        Instant deadline,
        Optional<Instant> thresholdAt)
        implements Gathering {
    static Step begin(
            Course course, WorkId work, Attendance attendance, int lastSession, Instant now, Instant deadline) {
        return Step.of(
                new Readying(course, work, attendance, lastSession, now, deadline, Optional.empty()),
                new Effect.Assign(work, attendance.clients(Place::open), deadline),
                new Effect.WakeAt(deadline));
    }

    /** After a session without a sum: whoever can go on says so again. */
    static Step again(Course course, WorkId work, Attendance attendance, int session, Instant now, Instant deadline) {
        return new Readying(course, work, attendance, session, now, deadline, Optional.empty()).decide(now);
    }

    @Override
    public Step on(RoundEvent event, Instant now) {
        return switch (event) {
            case RoundEvent.Ready ready when ready.work().equals(id) -> ready(ready.client(), now);
            case RoundEvent.MaskingLeft left when left.work().equals(id) && left.forGood() -> leftForGood(left, now);
            case RoundEvent.Offered offered -> offered(offered, now);
            case RoundEvent.LeaseChanged changed when changed.work().equals(id) -> leaseChanged(changed, now);
            case RoundEvent.Woke _ -> decide(now);
            case RoundEvent.StopAsked stop -> Finishing.stop(course, id, attendance.clients(_ -> true), stop.reason());
            case RoundEvent.Ending ending -> Ended.by(course, ending);
            case RoundEvent.OfSelection _, RoundEvent.OfMasking _, RoundEvent.OfModel _, RoundEvent.OfRecord _ ->
                stay();
        };
    }

    private Step ready(String client, Instant now) {
        return attendance
                .of(client)
                .filter(standing -> mayBecomeReady(standing.place()))
                .map(_ -> with(client, Standing.at(Place.READY)).reached(now).decide(now))
                .orElseGet(this::stay);
    }

    static boolean mayBecomeReady(Place place) {
        return switch (place) {
            case ASKED, WORKING, LOST, REFUSED -> true;
            case READY, DELIVERED, COUNTED, FAILED, REJECTED, LEFT_OUT -> false;
        };
    }

    private Step leftForGood(RoundEvent.MaskingLeft left, Instant now) {
        return attendance.of(left.client()).isEmpty()
                ? stay()
                : with(left.client(), Standing.at(Place.FAILED))
                        .decide(now)
                        .after(Effect.Announce.client(id, "MASKING_LEFT", left.client(), left.reason()));
    }

    /** The vector of a session that is over: there is nothing to do about it until the work is settled. */
    @Override
    public Step takeIn(Offer offer, Instant now) {
        return stay(new Effect.Answer(offer, Repeats.HELD));
    }

    @Override
    public Step decide(Instant now) {
        if (manyOutOfRange()) {
            return fail(
                    "%d of %d updates were out of the masks' range"
                            .formatted(attendance.outOfRange(), attendance.size()),
                    now);
        }
        int ready = attendance.count(Place.READY);
        int working = attendance.open() - ready;
        return switch (course.rules().quorum().decide(ready, working, since, thresholdAt, deadline, now)) {
            case Quorum.Verdict.Close _ -> mask(now);
            case Quorum.Verdict.Fail failed -> fail(failed.reason(), now);
            case Quorum.Verdict.Wait wait -> stay(new Effect.WakeAt(wait.until()));
        };
    }

    private boolean manyOutOfRange() {
        return 2 * attendance.outOfRange() >= attendance.size() && id.attempt() < RoundRules.MAX_ATTEMPTS;
    }

    private Step mask(Instant now) {
        if (session >= MaskingRules.MAX_SESSIONS) {
            return fail("%d masking sessions came to no sum".formatted(session), now);
        }
        SortedSet<String> clients = attendance.clients(place -> place == Place.READY);
        return Masking.begin(course, id, attendance, session + 1, clients, deadline);
    }

    private Step fail(String reason, Instant now) {
        return id.trains()
                ? Failed.attempt(course, id, reason, attendance, now)
                : Evaluating.failed(course, id, reason);
    }

    @Override
    public Readying with(String client, Standing standing) {
        return new Readying(course, id, attendance.with(client, standing), session, since, deadline, thresholdAt);
    }

    private Readying reached(Instant now) {
        boolean first = thresholdAt.isEmpty()
                && attendance.count(Place.READY) >= course.rules().threshold();
        return first ? new Readying(course, id, attendance, session, since, deadline, Optional.of(now)) : this;
    }
}
