package io.nsfl.protocol.job;

/**
 * Answer to a {@link Heartbeat}.
 *
 * @param state {@code SUCCEEDED}
 * @param eventsThrough events with {@code seq} up to this one are stored; null = none
 * @param roundsThrough rounds up to this one are stored; null = none
 * @param order {@code STOP} = end the run; null = go on
 */
public record HeartbeatAnswer(String state, Long eventsThrough, Integer roundsThrough, String order) {
    public static final String SUCCEEDED = "SUCCEEDED";
    public static final String STOP = "STOP";
}
