package io.nsfl.protocol.job;

import java.time.Instant;

/**
 * Something that happened to a job, for people and for {@code --follow}. Null components are absent in JSON.
 *
 * @param seq from a coordinator: its own number within the run, which with {@code run} is the idempotency key; from the
 *     job-scheduler: ever-growing within the job
 * @param run the run it belongs to; null for what happens outside a run
 * @param time when
 * @param type for example ROUND_COMMITTED; new types may appear
 * @param round 1-based, or null
 * @param attempt 1-based, or null
 * @param client id of the client it is about, or null
 * @param code name of the fault behind it, or null
 * @param message one sentence, or null
 */
public record JobEvent(
        long seq,
        String run,
        Instant time,
        String type,
        Integer round,
        Integer attempt,
        String client,
        String code,
        String message) {}
