package io.nsfl.coordinator.round;

import io.nsfl.protocol.fault.Fault;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;

/**
 * Where each client of a roster stands, by client id in order. Immutable. One change costs a copy of one array, and what is asked at every
 * event is counted along: a roster of thousands changes thousands of times a round.
 */
public final class Attendance {
    /** Where a client stands with its work. */
    public enum Place {
        /** The assignment is on its way. */
        ASKED(true),
        /** The client has it. */
        WORKING(true),
        /** Its result is trained and waits at the client to be masked. */
        READY(true),
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
        /** Not of the set that was closed before the coordinator restarted, nor of a group of clients whose sum counts. */
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

    /** Sorted; the same array for the whole attempt. */
    private final String[] clients;

    private final Standing[] standings;
    private final int open;
    private final int counted;
    private final int outOfRange;

    private Attendance(String[] clients, Standing[] standings) {
        this(
                clients,
                standings,
                sum(standings, Attendance::open),
                sum(standings, Attendance::counts),
                sum(standings, Attendance::outOfRange));
    }

    private Attendance(String[] clients, Standing[] standings, int open, int counted, int outOfRange) {
        this.clients = clients;
        this.standings = standings;
        this.open = open;
        this.counted = counted;
        this.outOfRange = outOfRange;
    }

    static Attendance asked(Collection<String> roster) {
        String[] clients = new TreeSet<>(roster).toArray(String[]::new);
        Standing[] standings = new Standing[clients.length];
        Arrays.fill(standings, Standing.at(Place.ASKED));
        return new Attendance(clients, standings);
    }

    /** @param client one of the roster */
    Attendance with(String client, Standing standing) {
        int index = Arrays.binarySearch(clients, client);
        if (index < 0) {
            throw new IllegalArgumentException("Client " + client + " is not of this roster");
        }
        Standing before = standings[index];
        Standing[] changed = standings.clone();
        changed[index] = standing;
        return new Attendance(
                clients,
                changed,
                open + open(standing) - open(before),
                counted + counts(standing) - counts(before),
                outOfRange + outOfRange(standing) - outOfRange(before));
    }

    /** @param changes by client, each of the roster */
    Attendance with(Map<String, Standing> changes) {
        Standing[] changed = standings.clone();
        changes.forEach((client, standing) -> changed[Arrays.binarySearch(clients, client)] = standing);
        return new Attendance(clients, changed);
    }

    /** All but these are left out. */
    Attendance only(SortedSet<String> wanted) {
        Standing[] changed = standings.clone();
        for (int i = 0; i < clients.length; i++) {
            if (!wanted.contains(clients[i])) {
                changed[i] = Standing.at(Place.LEFT_OUT);
            }
        }
        return new Attendance(clients, changed);
    }

    Optional<Standing> of(String client) {
        int index = Arrays.binarySearch(clients, client);
        return index < 0 ? Optional.empty() : Optional.of(standings[index]);
    }

    int size() {
        return clients.length;
    }

    int count(Place place) {
        int found = 0;
        for (Standing standing : standings) {
            found += standing.place() == place ? 1 : 0;
        }
        return found;
    }

    /** How many may still deliver. */
    int open() {
        return open;
    }

    /** How many results count. */
    int valid() {
        return counted;
    }

    SortedSet<String> clients(Predicate<Place> which) {
        SortedSet<String> found = new TreeSet<>();
        for (int i = 0; i < clients.length; i++) {
            if (which.test(standings[i].place())) {
                found.add(clients[i]);
            }
        }
        return found;
    }

    SortedMap<String, Counted> counted() {
        SortedMap<String, Counted> found = new TreeMap<>();
        for (int i = 0; i < clients.length; i++) {
            if (standings[i].counted().isPresent()) {
                found.put(clients[i], standings[i].counted().get());
            }
        }
        return found;
    }

    /** How many sent values that the fold could not hold. */
    int outOfRange() {
        return outOfRange;
    }

    /** Clients that another attempt had better do without; a value out of range is the fold's fault and not theirs. */
    SortedSet<String> unreliable() {
        SortedSet<String> found = new TreeSet<>();
        for (int i = 0; i < clients.length; i++) {
            Place place = standings[i].place();
            if (place != Place.COUNTED
                    && place != Place.READY
                    && place != Place.DELIVERED
                    && outOfRange(standings[i]) == 0) {
                found.add(clients[i]);
            }
        }
        return found;
    }

    RoundTally tally() {
        int failed = clients(place -> switch (place) {
                    case REFUSED, FAILED, LOST, REJECTED -> true;
                    case ASKED, WORKING, READY, DELIVERED, COUNTED, LEFT_OUT -> false;
                })
                .size();
        return new RoundTally(size(), counted, failed);
    }

    private static int sum(Standing[] standings, ToIntFunction<Standing> what) {
        return Arrays.stream(standings).mapToInt(what).sum();
    }

    private static int open(Standing standing) {
        return standing.place().open() ? 1 : 0;
    }

    private static int counts(Standing standing) {
        return standing.counted().isPresent() ? 1 : 0;
    }

    private static int outOfRange(Standing standing) {
        boolean beyond = standing.rejection()
                .filter(rejection -> rejection.fault() == Fault.OUT_OF_RANGE)
                .isPresent();
        return beyond ? 1 : 0;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Attendance that
                && Arrays.equals(clients, that.clients)
                && Arrays.equals(standings, that.standings);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(clients) + Arrays.hashCode(standings);
    }

    @Override
    public String toString() {
        return "Attendance"
                + IntStream.range(0, clients.length)
                        .mapToObj(i -> clients[i] + "=" + standings[i])
                        .toList();
    }
}
