package io.nsfl.coordinator.round;

import io.nsfl.coordinator.round.Attendance.Standing;
import io.nsfl.coordinator.round.RoundEvent.Offer;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.v1.Receipt;

/** Answers to clients that deliver again what was delivered before. */
final class Repeats {
    static final Receipt HELD =
            Receipt.newBuilder().setVerdict(Receipt.Verdict.HELD).build();
    static final Receipt DROPPED =
            Receipt.newBuilder().setVerdict(Receipt.Verdict.SETTLED_DROPPED).build();
    private static final Rejection ANOTHER =
            new Rejection(Fault.DUPLICATE, "Another result of this client for the same work was delivered before.");

    private Repeats() {}

    /** The same result is answered as before; one that waits for the fold is answered with the first. */
    static Step answer(RoundPhase phase, Offer offer, Standing standing) {
        boolean same = standing.digest().filter(offer.digest()::equals).isPresent();
        return switch (standing.place()) {
            case DELIVERED -> same ? phase.stay() : phase.stay(new Effect.Answer(offer, ANOTHER.receipt()));
            case COUNTED -> phase.stay(new Effect.Answer(offer, same ? HELD : ANOTHER.receipt()));
            case REJECTED ->
                phase.stay(new Effect.Answer(
                        offer, standing.rejection().orElse(ANOTHER).receipt()));
            case FAILED -> phase.stay(new Effect.Answer(offer, DROPPED));
            case ASKED, WORKING, READY, LOST, REFUSED, LEFT_OUT -> phase.tooLate(new RoundEvent.Offered(offer));
        };
    }
}
