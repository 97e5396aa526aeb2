/**
 * The rounds of a run: one file per phase, each a pure decision from an event to the next phase and its effects, and the desk at
 * which the client-facing packages ask and deliver. Nothing here does I/O.
 */
package io.nsfl.coordinator.round;
