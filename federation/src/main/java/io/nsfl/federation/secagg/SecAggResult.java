package io.nsfl.federation.secagg;

import java.util.List;
import java.util.Set;

/**
 * What a session gives.
 *
 * @param sums exact sums over the survivors, readable until the session is closed
 * @param survivors clients whose vectors are in the sums
 * @param dropped clients of the roster whose vectors are not
 */
public record SecAggResult(Sums sums, Set<PartyId> survivors, Set<PartyId> dropped, List<Accusation> accusations) {}
