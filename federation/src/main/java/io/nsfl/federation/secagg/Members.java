package io.nsfl.federation.secagg;

import java.util.BitSet;
import java.util.Collection;

/** A part of the roster, one bit for each place: a client is in it or not, and cannot be both. */
final class Members {
    private final int roster;
    private final BitSet bits;

    private Members(int roster, BitSet bits) {
        this.roster = roster;
        this.bits = bits;
    }

    static Members none(int roster) {
        return new Members(roster, new BitSet(roster));
    }

    static Members all(int roster) {
        Members all = none(roster);
        all.bits.set(0, roster);
        return all;
    }

    static Members of(int roster, Collection<Integer> places) {
        Members members = none(roster);
        places.forEach(members::add);
        return members;
    }

    static Members read(WireReader in, int roster) {
        BitSet bits = BitSet.valueOf(in.raw(encodedLength(roster)));
        if (bits.length() > roster) {
            throw in.malformed("it names a client beyond the roster of " + roster);
        }
        return new Members(roster, bits);
    }

    static int encodedLength(int roster) {
        return (roster + 7) / 8;
    }

    byte[] encoded() {
        byte[] encoded = new byte[encodedLength(roster)];
        byte[] used = bits.toByteArray();
        System.arraycopy(used, 0, encoded, 0, used.length);
        return encoded;
    }

    boolean contains(int place) {
        return bits.get(place);
    }

    void add(int place) {
        bits.set(place);
    }

    int size() {
        return bits.cardinality();
    }

    boolean within(Members other) {
        BitSet rest = (BitSet) bits.clone();
        rest.andNot(other.bits);
        return rest.isEmpty();
    }

    /** How many of these places are in it. */
    int count(int[] places) {
        int count = 0;
        for (int place : places) {
            if (bits.get(place)) {
                count++;
            }
        }
        return count;
    }

    int[] places() {
        return bits.stream().toArray();
    }

    Members copy() {
        return new Members(roster, (BitSet) bits.clone());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Members that && roster == that.roster && bits.equals(that.bits);
    }

    @Override
    public int hashCode() {
        return bits.hashCode();
    }
}
