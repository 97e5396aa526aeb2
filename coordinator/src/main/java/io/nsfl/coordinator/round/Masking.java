package io.nsfl.coordinator.round;

import io.nsfl.coordinator.round.Attendance.Place;
import io.nsfl.coordinator.round.Attendance.Standing;
import io.nsfl.coordinator.round.RoundEvent.Offer;
import io.nsfl.protocol.v1.MaskingStage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * One masking session: its stages, back to back, over the clients that were ready when it began. A stage goes on without those who do not
 * answer, while the threshold does; the masks of who drops out are taken off with what was shared before. A session that comes to no sum
 * leaves the results where they are, with the clients, and another one with new keys is tried.
 *
 * @param participants the clients that the session began with
 * @param stage that is asked, or about to be
 * @param answers to it; empty while it is about to be asked, and while the masks are taken off
 * @param deadline of the work: no further session begins after it
 * @param blame who left because of whom
 */
public record Masking(
        Course course,
        WorkId id,
        Attendance attendance,
        int session,
        SortedSet<String> participants,
        MaskingStage stage,
        Optional<StageAnswers> answers,
        Instant deadline,
        Blame blame)
        implements RoundPhase {
    static Step begin(
            Course course,
            WorkId work,
            Attendance attendance,
            int session,
            SortedSet<String> clients,
            Instant deadline) {
        MaskingStage first = rules(course).stages().getFirst();
        return Step.of(
                new Masking(course, work, attendance, session, clients, first, Optional.empty(), deadline, Blame.NONE),
                Effect.Announce.about(
                        work,
                        "MASKING_OPENED",
                        "Session %d masks the results of %d clients.".formatted(session, clients.size())),
                new Effect.OpenMasking(work, session, first, clients));
    }

    @Override
    public Optional<WorkId> work() {
        return Optional.of(id);
    }

    @Override
    public Step on(RoundEvent event, Instant now) {
        return switch (event) {
            case RoundEvent.StageAsked asked when mine(asked.work(), asked.session()) -> asked(asked, now);
            case RoundEvent.StageAnswered answered
            when mine(answered.work(), answered.session()) -> answered(answered, now);
            case RoundEvent.MaskingLeft left when left.work().equals(id) -> left(left, now);
            case RoundEvent.MaskingBroken broken
            when mine(broken.work(), broken.session()) -> startOver(broken.reason(), now);
            case RoundEvent.Unmasked unmasked when mine(unmasked.work(), unmasked.session()) -> unmasked(unmasked, now);
            case RoundEvent.Ready ready when ready.work().equals(id) -> ready(ready.client());
            case RoundEvent.Offered offered -> offered(offered, now);
            case RoundEvent.LeaseChanged changed when changed.work().equals(id) -> leaseChanged(changed, now);
            case RoundEvent.Woke _ -> decide(now);
            case RoundEvent.StopAsked stop -> Finishing.stop(course, id, attendance.clients(_ -> true), stop.reason());
            case RoundEvent.Ending ending -> Ended.by(course, ending);
            case RoundEvent.OfSelection _, RoundEvent.OfMasking _, RoundEvent.OfModel _, RoundEvent.OfRecord _ ->
                stay();
        };
    }

    private boolean mine(WorkId work, int number) {
        return work.equals(id) && number == session;
    }

    private static MaskingRules rules(Course course) {
        return course.rules().masking().orElseThrow();
    }

    private Step asked(RoundEvent.StageAsked event, Instant now) {
        if (event.stage() != stage || answers.isPresent()) {
            return stay();
        }
        SortedSet<String> present = new TreeSet<>(event.clients());
        present.removeAll(attendance.clients(Masking::gone));
        return with(StageAnswers.asked(participants, present, now)).decide(now);
    }

    private static boolean gone(Place place) {
        return switch (place) {
            case REFUSED, FAILED, LOST, REJECTED, LEFT_OUT -> true;
            case ASKED, WORKING, READY, DELIVERED, COUNTED -> false;
        };
    }

    private Step answered(RoundEvent.StageAnswered event, Instant now) {
        if (event.stage() != stage || answers.isEmpty()) {
            return stay();
        }
        String client = event.client();
        if (event.rejection().isPresent()) {
            Rejection rejection = event.rejection().get();
            return with(answers.get().refused(client))
                    .without(client, Place.FAILED)
                    .decide(now)
                    .after(Effect.Announce.client(id, "MASKING_REFUSED", client, rejection));
        }
        int needed = rules(course).quorum(0, participants.size()).threshold();
        Masking noted = event.digest()
                .map(digest -> at(attendance.with(
                        client, new Standing(Place.DELIVERED, event.digest(), Optional.empty(), Optional.empty()))))
                .orElse(this);
        return noted.with(answers.get().answeredBy(client, needed, now)).decide(now);
    }

    private Step left(RoundEvent.MaskingLeft event, Instant now) {
        boolean concerns = event.forGood() || event.session() == session;
        if (!concerns || attendance.of(event.client()).isEmpty()) {
            return stay();
        }
        return blaming(event)
                .without(event.client(), event.forGood() ? Place.FAILED : Place.WORKING)
                .decide(now)
                .after(Effect.Announce.client(id, "MASKING_LEFT", event.client(), event.reason()));
    }

    private Masking blaming(RoundEvent.MaskingLeft event) {
        return event.blamed()
                .filter(accused -> event.session() == session
                        && participants.contains(accused)
                        && participants.contains(event.client())
                        && !accused.equals(event.client()))
                .map(accused -> blamed(blame.with(accused, event.client())))
                .orElse(this);
    }

    private Masking blamed(Blame changed) {
        return new Masking(course, id, attendance, session, participants, stage, answers, deadline, changed);
    }

    /** Who becomes ready while a session goes on has its turn in the next one, should there be one. */
    private Step ready(String client) {
        return attendance
                .of(client)
                .filter(standing -> Readying.mayBecomeReady(standing.place()))
                .map(_ -> Step.of(at(attendance.with(client, Standing.at(Place.READY)))))
                .orElseGet(this::stay);
    }

    private Step offered(RoundEvent.Offered offered, Instant now) {
        Offer offer = offered.offer();
        Optional<Standing> standing = offer.work().equals(id) ? attendance.of(offer.client()) : Optional.empty();
        if (standing.isEmpty()) {
            return tooLate(offered);
        }
        if (offer.failure().isPresent()) {
            Step step =
                    without(offer.client(), Place.FAILED).decide(now).after(new Effect.Answer(offer, Repeats.DROPPED));
            return standing.get().place() == Place.FAILED
                    ? step
                    : step.after(Effect.Announce.client(
                            id, "TASK_FAILED", offer.client(), offer.failure().get()));
        }
        boolean wanted = stage == MaskingStage.MASKING_STAGE_INPUT
                && offer.maskingSession() == session
                && answers.isPresent()
                && participants.contains(offer.client())
                && !answers.get().hasAnswered(offer.client());
        if (!wanted) {
            return stay(new Effect.Answer(offer, Repeats.HELD));
        }
        return answers.get().isFolding(offer.client())
                ? stay()
                : Step.of(with(answers.get().foldingOf(offer.client())), new Effect.FoldMasked(offer));
    }

    private Step leaseChanged(RoundEvent.LeaseChanged changed, Instant now) {
        return changed.change() == LeaseChange.ACCEPTED
                        || attendance.of(changed.client()).isEmpty()
                ? stay()
                : without(changed.client(), Place.LOST).decide(now).after(Leases.announce(id, changed));
    }

    private Step decide(Instant now) {
        if (answers.isEmpty() || answers.get().folding()) {
            return stay();
        }
        StageAnswers present = answers.get();
        Instant end = present.since().plus(rules(course).bound(stage));
        Quorum quorum = rules(course).quorum(present.wanted(), participants.size());
        return switch (quorum.decide(
                present.answers(), present.waiting(), present.since(), present.thresholdAt(), end, now)) {
            case Quorum.Verdict.Close _ -> next(present);
            case Quorum.Verdict.Wait wait -> stay(new Effect.WakeAt(wait.until()));
            case Quorum.Verdict.Fail _ ->
                startOver(
                        "only %d of %d clients answered stage %s and %d are needed"
                                .formatted(present.answers(), participants.size(), name(stage), quorum.threshold()),
                        now);
        };
    }

    private static String name(MaskingStage stage) {
        return stage.name().replace("MASKING_STAGE_", "");
    }

    private Step next(StageAnswers done) {
        Masking counted = stage == MaskingStage.MASKING_STAGE_INPUT ? counting(done.answered()) : this;
        return rules(course)
                .after(stage)
                .map(following -> Step.of(
                        new Masking(
                                course,
                                id,
                                counted.attendance,
                                session,
                                participants,
                                following,
                                Optional.empty(),
                                deadline,
                                blame),
                        new Effect.AskStage(id, session, following, done.answered())))
                .orElseGet(() -> Step.of(
                        new Masking(
                                course,
                                id,
                                counted.attendance,
                                session,
                                participants,
                                stage,
                                Optional.empty(),
                                deadline,
                                blame),
                        new Effect.Unmask(id, session)));
    }

    /** From here on the sum is that of these clients. */
    private Masking counting(SortedSet<String> clients) {
        Map<String, Standing> counting = new HashMap<>();
        for (String client : clients) {
            Standing before = attendance.of(client).orElseThrow();
            Counted counted = new Counted(before.digest().orElse(""), 0, Map.of());
            counting.put(client, new Standing(Place.COUNTED, before.digest(), Optional.of(counted), Optional.empty()));
        }
        return at(attendance.with(counting));
    }

    /** A group of clients may have been left out since their vectors came. */
    private Step unmasked(RoundEvent.Unmasked event, Instant now) {
        Map<String, Standing> leftOut = new HashMap<>();
        for (String client : attendance.clients(place -> place == Place.COUNTED)) {
            if (!event.clients().contains(client)) {
                leftOut.put(client, Standing.at(Place.LEFT_OUT));
            }
        }
        Attendance summed = attendance.with(leftOut);
        return id.trains()
                ? Aggregating.begin(course, id, summed)
                : Evaluating.summed(course, id, summed, event.metrics(), now);
    }

    /**
     * What was trained stays with the clients; those that can go on say so again. Not those that so many blame as could break every session: with
     * them no other session would end better.
     */
    private Step startOver(String reason, Instant now) {
        SortedSet<String> excluded = blame.by(Math.max(2, rules(course).breaking(participants.size())));
        Map<String, Standing> changed = new HashMap<>();
        for (String client : participants) {
            Place place = attendance.of(client).orElseThrow().place();
            if (excluded.contains(client)) {
                changed.put(client, Standing.at(Place.FAILED));
            } else if (!gone(place)) {
                changed.put(client, Standing.at(Place.WORKING));
            }
        }
        Attendance again = attendance.with(changed);
        int back = id.round() + 1 + MaskingRules.ROUNDS_EXCLUDED;
        List<Effect> told = new ArrayList<>();
        for (String client : excluded) {
            told.add(Effect.Announce.client(
                    id,
                    "MASKING_EXCLUDED",
                    client,
                    "The others do not mask with this client; they say why. It is asked again in round " + back
                            + ", or before where there are too few without it."));
        }
        told.add(Effect.Announce.about(
                id, "MASKING_FAILED", "Session %d came to no sum: %s.".formatted(session, reason)));
        told.add(new Effect.EndMasking(id, session, participants, reason));
        Course without = excluded.isEmpty() ? course : course.excluding(excluded, back);
        return Readying.again(without, id, again, session, now, deadline).after(told);
    }

    private Masking with(StageAnswers changed) {
        return new Masking(course, id, attendance, session, participants, stage, Optional.of(changed), deadline, blame);
    }

    private Masking at(Attendance changed) {
        return new Masking(course, id, changed, session, participants, stage, answers, deadline, blame);
    }

    /** A vector that is in the sum stays in it, whatever becomes of its maker. */
    private Masking without(String client, Place place) {
        boolean inSum = attendance
                .of(client)
                .filter(standing -> standing.counted().isPresent())
                .isPresent();
        Attendance changed = inSum ? attendance : attendance.with(client, Standing.at(place));
        return new Masking(
                course,
                id,
                changed,
                session,
                participants,
                stage,
                answers.map(present -> present.gone(client)),
                deadline,
                blame);
    }
}
