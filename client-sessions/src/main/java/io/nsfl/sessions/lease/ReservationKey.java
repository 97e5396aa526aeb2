package io.nsfl.sessions.lease;

import io.nsfl.protocol.v1.TaskKind;

/** What a reservation is for, within its run: the idempotency key of {@code Reserve}. */
public record ReservationKey(int round, int attempt, TaskKind kind) {}
