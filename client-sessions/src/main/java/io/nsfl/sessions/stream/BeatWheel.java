package io.nsfl.sessions.stream;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * Spreads the streams over a beat period: each lies in one slot of the wheel and is looked at when the wheel comes round to it. One timer
 * for all streams, whatever their number. Thread-safe.
 */
public final class BeatWheel {
    /** Turns of the wheel per beat period. */
    public static final int SLOTS = 20;

    private final List<Set<Beating>> slots = IntStream.range(0, SLOTS)
            .<Set<Beating>>mapToObj(slot -> ConcurrentHashMap.newKeySet())
            .toList();
    private final AtomicInteger nextSlot = new AtomicInteger();
    private int position;

    /** Something that gives and expects signs of life. */
    public interface Beating {
        /** A beat period has passed. */
        void beat();
    }

    /** Takes a stream up; what takes it out again. */
    public Runnable add(Beating stream) {
        Set<Beating> slot = slots.get(Math.floorMod(nextSlot.getAndIncrement(), SLOTS));
        slot.add(stream);
        return () -> slot.remove(stream);
    }

    /** To be called {@link #SLOTS} times per beat period, by one thread. */
    public void turn() {
        position = (position + 1) % SLOTS;
        slots.get(position).forEach(Beating::beat);
    }
}
