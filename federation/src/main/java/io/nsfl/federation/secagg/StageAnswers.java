package io.nsfl.federation.secagg;

import io.nsfl.federation.secagg.crypto.Digests;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Who has answered the stage that is open, and with what: an identical repeat is no fault, another answer is. */
final class StageAnswers {
    private final Map<PartyId, byte[]> digests = new HashMap<>();

    Set<PartyId> parties() {
        return Set.copyOf(digests.keySet());
    }

    boolean has(PartyId party) {
        return digests.containsKey(party);
    }

    int size() {
        return digests.size();
    }

    /**
     * Whether the party has given this very answer before.
     *
     * @throws SecAggAbort CONFLICTING_REPEAT it has given another
     */
    boolean repeated(PartyId party, byte[] message) {
        byte[] before = digests.get(party);
        if (before != null && !Arrays.equals(before, digest(message))) {
            throw conflict(party);
        }
        return before != null;
    }

    /** @throws SecAggAbort CONFLICTING_REPEAT the party has answered, whatever it was */
    void requireFirst(PartyId party) {
        if (digests.containsKey(party)) {
            throw conflict(party);
        }
    }

    void add(PartyId party, byte[] message) {
        digests.put(party, digest(message));
    }

    void clear() {
        digests.clear();
    }

    private static byte[] digest(byte[] message) {
        return Digests.sha256("nsfl/secagg/answer/v1", message);
    }

    private static SecAggAbort conflict(PartyId party) {
        return new SecAggAbort(
                AbortReason.CONFLICTING_REPEAT, party, "Client " + party + " has answered this stage before.");
    }
}
