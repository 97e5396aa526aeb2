package io.nsfl.coordinator.round;

import io.nsfl.coordinator.round.Attendance.Place;
import io.nsfl.coordinator.round.Attendance.Standing;
import io.nsfl.coordinator.round.RoundEvent.Offer;
import io.nsfl.protocol.fault.Fault;
import java.time.Instant;
import java.util.Optional;

/** A phase that takes results in: what a client's result, its failure, and the change of its lease mean for either kind of work. */
sealed interface Gathering extends RoundPhase permits Collecting, Evaluating, Readying {
    WorkId id();

    Attendance attendance();

    /** The same phase with one client elsewhere. */
    Gathering with(String client, Standing standing);

    /** What a first and good result leads to. */
    Step takeIn(Offer offer, Instant now);

    /** What the attendance comes to by now. */
    Step decide(Instant now);

    @Override
    default Optional<WorkId> work() {
        return Optional.of(id());
    }

    default Step offered(RoundEvent.Offered offered, Instant now) {
        Offer offer = offered.offer();
        Optional<Standing> standing = offer.work().equals(id()) ? attendance().of(offer.client()) : Optional.empty();
        if (standing.isEmpty()) {
            return tooLate(offered);
        }
        return switch (standing.get().place()) {
            case ASKED, WORKING, READY, LOST, REFUSED ->
                offer.failure().map(failure -> taskFailed(offer, failure, now)).orElseGet(() -> takeIn(offer, now));
            case DELIVERED, COUNTED, REJECTED, FAILED, LEFT_OUT -> Repeats.answer(this, offer, standing.get());
        };
    }

    private Step taskFailed(Offer offer, Rejection failure, Instant now) {
        // Only who trains delivers an update that could be refused.
        String event = id().trains() ? failure.event() : "TASK_FAILED";
        return with(offer.client(), failed(offer, failure))
                .decide(now)
                .after(
                        new Effect.Answer(offer, Repeats.DROPPED),
                        Effect.Announce.client(id(), event, offer.client(), failure));
    }

    /** Values that the round has no room for are its own fault. */
    private static Standing failed(Offer offer, Rejection failure) {
        return failure.fault() == Fault.OUT_OF_RANGE
                ? new Standing(Place.REJECTED, Optional.of(offer.digest()), Optional.empty(), Optional.of(failure))
                : Standing.at(Place.FAILED);
    }

    default Step leaseChanged(RoundEvent.LeaseChanged changed, Instant now) {
        return attendance()
                .of(changed.client())
                .flatMap(standing -> Leases.change(changed, standing.place()))
                .map(place ->
                        with(changed.client(), Standing.at(place)).decide(now).after(Leases.announce(id(), changed)))
                .orElseGet(this::stay);
    }
}
