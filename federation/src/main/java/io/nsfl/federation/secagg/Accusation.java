package io.nsfl.federation.secagg;

/** A client that broke the protocol without stopping the session: its contribution to the step was left out. */
public record Accusation(PartyId party, AbortReason reason, String what) {}
