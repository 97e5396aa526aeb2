package io.nsfl.coordinator.round;

import io.nsfl.coordinator.round.Attendance.Place;
import java.util.Optional;

/** What a change of a lease means for a client's standing. */
final class Leases {
    private Leases() {}

    /** The client's new place; empty = the change comes too late to matter. */
    static Optional<Place> change(RoundEvent.LeaseChanged changed, Place place) {
        return switch (place) {
            case ASKED -> Optional.of(to(changed.change()));
            case WORKING, READY ->
                changed.change() == LeaseChange.ACCEPTED ? Optional.empty() : Optional.of(to(changed.change()));
            case LOST, REFUSED ->
                changed.change() == LeaseChange.ACCEPTED ? Optional.of(Place.WORKING) : Optional.empty();
            case DELIVERED, COUNTED, FAILED, REJECTED, LEFT_OUT -> Optional.empty();
        };
    }

    static Effect announce(WorkId work, RoundEvent.LeaseChanged changed) {
        String type = switch (changed.change()) {
            case ACCEPTED -> "CLIENT_ACCEPTED";
            case REFUSED -> "CLIENT_REFUSED";
            case LOST -> "CLIENT_LOST";
        };
        return Effect.Announce.client(work, type, changed.client(), changed.reason());
    }

    private static Place to(LeaseChange change) {
        return switch (change) {
            case ACCEPTED -> Place.WORKING;
            case REFUSED -> Place.REFUSED;
            case LOST -> Place.LOST;
        };
    }
}
