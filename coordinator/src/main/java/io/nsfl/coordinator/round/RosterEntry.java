package io.nsfl.coordinator.round;

import java.util.Optional;

/**
 * A client chosen for an attempt of a round.
 *
 * @param clientId id derived from the client's identity key
 * @param clientName what its owner calls it; may be empty
 * @param address its address of record; for people, never dialled
 * @param samples announced samples of the wanted datasets; 0 = not known
 * @param lastIncluded the last work of this run in which its update was counted
 */
public record RosterEntry(
        String clientId, String clientName, String address, long samples, Optional<IncludedAt> lastIncluded) {
    /** A round and attempt that were committed with a client's update. */
    public record IncludedAt(int round, int attempt) {}
}
