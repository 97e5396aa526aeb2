package io.nsfl.coordinator.round;

import io.nsfl.coordinator.round.Attendance.Place;
import java.time.Instant;
import java.util.SortedSet;

/** Clients of an asynchronous run that were asked at the same time: they train on the same model. */
record Wave(WorkId work, Attendance attendance, Instant deadline) {
    Wave with(String client, Attendance.Standing standing) {
        return new Wave(work, attendance.with(client, standing), deadline);
    }

    /** Clients that train now, or will. */
    int training() {
        return attendance.clients(Wave::trains).size();
    }

    /** Clients whose result did not come. */
    SortedSet<String> missing() {
        return attendance.clients(place -> trains(place) || place == Place.LOST);
    }

    /** Whether nothing of it can change any more but by a settlement. */
    boolean over(Instant now) {
        return attendance.open() == 0 || !now.isBefore(deadline);
    }

    private static boolean trains(Place place) {
        return place == Place.ASKED || place == Place.WORKING;
    }
}
