/**
 * Takes clients' results in: received to a stage file on local disk, verified against its digest, validated against the round's rules,
 * then offered to the desk, which alone decides. A refused update is told to the desk as the failure of that client's task, so that
 * the round does not wait for it, and to the client as a receipt.
 */
package io.nsfl.coordinator.updates;
