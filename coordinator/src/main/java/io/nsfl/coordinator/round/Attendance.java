package io.nsfl.coordinator.round;

import io.nsfl.protocol.fault.Fault;
import java.util.Collection;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/** Where each client of a roster stands, by client id in order. Immutable. */
public record Attendance(SortedMap<String, Standing> standings) {
    /** Where a client stands with its work. */
    public enum Place {
        /** The assignment is on its way. */
        ASKED(true),
        /** The client has it. */
        WORKING(true),
        /** Its result is here and waits for the fold. */
        DELIVERED(true),
        /** Its result counts. */
        COUNTED(false),
        /** It did not take the work. */
        REFUSED(false),
        /** Its task failed. */
        FAILED(false),
        /** Its lease is gone. A result that comes all the same is welcome. */
        LOST(false),
        /** Its result was not valid. */
        REJECTED(false),
        /** Not of the set that was closed before the coordinator restarted. */
        LEFT_OUT(false);

        private final boolean open;

        Place(boolean open) {
            this.open = open;
        }

        /** Whether a result may still be expected. */
        boolean open() {
            return open;
        }
    }

    /** @param digest of its result; empty = none came */
    public record Standing(
            Place place, Optional<String> digest, Optional<Counted> counted, Optional<Rejection> rejection) {
        static Standing at(Place place) {
            return new Standing(place, Optional.empty(), Optional.empty(), Optional.empty());
        }
    }

    public Attendance {
        standings = Collections.unmodifiableSortedMap(new TreeMap<>(standings));
    }

    static Attendance asked(Collection<String> clients) {
        SortedMap<String, Standing> standings = new TreeMap<>();
        clients.forEach(client -> standings.put(client, Standing.at(Place.ASKED)));
        return new Attendance(standings);
    }

    Attendance with(String client, Standing standing) {
        SortedMap<String, Standing> changed = new TreeMap<>(standings);
        changed.put(client, standing);
        return new Attendance(changed);
    }

    /** All but these are left out. */
    Attendance only(SortedSet<String> clients) {
        SortedMap<String, Standing> changed = new TreeMap<>(standings);
        changed.replaceAll((client, standing) -> clients.contains(client) ? standing : Standing.at(Place.LEFT_OUT));
        return new Attendance(changed);
    }

    Optional<Standing> of(String client) {
        return Optional.ofNullable(standings.get(client));
    }

    int size() {
        return standings.size();
    }

    int open() {
        return clients(Place::open).size();
    }

    SortedSet<String> clients(Predicate<Place> which) {
        SortedSet<String> clients = new TreeSet<>();
        standings.forEach((client, standing) -> {
            if (which.test(standing.place())) {
                clients.add(client);
            }
        });
        return clients;
    }

    SortedMap<String, Counted> counted() {
        SortedMap<String, Counted> counted = new TreeMap<>();
        standings.forEach((client, standing) -> standing.counted().ifPresent(value -> counted.put(client, value)));
        return counted;
    }

    /** Clients whose values the fold could not hold. */
    int outOfRange() {
        return (int) standings.values().stream()
                .flatMap(standing -> standing.rejection().stream())
                .filter(rejection -> rejection.fault() == Fault.OUT_OF_RANGE)
                .count();
    }

    /** Clients that another attempt had better do without; a value out of range is the fold's fault and not theirs. */
    SortedSet<String> unreliable() {
        SortedSet<String> clients = new TreeSet<>();
        standings.forEach((client, standing) -> {
            boolean rangeOnly = standing.rejection()
                    .filter(rejection -> rejection.fault() == Fault.OUT_OF_RANGE)
                    .isPresent();
            if (standing.place() != Place.COUNTED && standing.place() != Place.DELIVERED && !rangeOnly) {
                clients.add(client);
            }
        });
        return clients;
    }

    RoundTally tally() {
        int counted = counted().size();
        int failed = clients(place -> switch (place) {
                    case REFUSED, FAILED, LOST, REJECTED -> true;
                    case ASKED, WORKING, DELIVERED, COUNTED, LEFT_OUT -> false;
                })
                .size();
        return new RoundTally(size(), counted, failed);
    }
}
