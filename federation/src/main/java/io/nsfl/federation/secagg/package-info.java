/**
 * Secure aggregation: the server learns the sum of the clients' vectors and nothing else about any of them. Bonawitz et al. 2017 with the
 * consistency round against a lying server, and the sparse graph of Bell et al. 2020 for many clients.
 *
 * <p>Both sides are message-driven: no I/O, no clock, no threads of their own; randomness comes in. A client's session and the server's meet like this
 * (with {@code ONEMASK} only the first and third row exist, and the masked vector follows the roster at once):
 *
 * <pre>
 *  client                                          server
 *  advertise() -> bytes                            advertised(party, bytes); closeStage(); messageFor(party) = roster
 *  shareKeys(roster) -> bytes                      shared(party, bytes);     closeStage(); messageFor(party) = its shares
 *  masked(shares, values, out) -> uint32 stream    masked(party, segment);   closeStage(); messageFor(party) = survivors
 *  consistency(survivors) -> bytes                 signed(party, bytes);     closeStage(); messageFor(party) = signatures
 *  unmask(signatures) -> bytes                     unmasked(party, bytes);   finish() = the sum over the survivors
 * </pre>
 *
 * Every step is legal once. Messages are bounded byte arrays that are parsed strictly: version, kind, session, then exactly what belongs there. Whoever
 * is late is out of the session. A session that ends without a sum ends for good: the next attempt has new keys.
 */
package io.nsfl.federation.secagg;
