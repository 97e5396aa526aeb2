package io.nsfl.scheduler.watch;

import java.time.Duration;

/**
 * How long a coordinator is trusted.
 *
 * @param heartbeatTimeout silence after which it counts as lost
 * @param firstHeartbeat the same before its first heartbeat: it may have to fetch an image or a model
 * @param mostRestarts how often it is launched again without a round being committed in between
 * @param firstPause before the second of these launches; pauses double
 * @param longestPause between two launches
 */
public record WatchPolicy(
        Duration heartbeatTimeout,
        Duration firstHeartbeat,
        int mostRestarts,
        Duration firstPause,
        Duration longestPause) {
    /** Before the n-th launch in a row; the first is made at once. */
    Duration pause(int restarts) {
        if (restarts <= 1) {
            return Duration.ZERO;
        }
        Duration pause = firstPause;
        for (int i = 2; i < restarts && pause.compareTo(longestPause) < 0; i++) {
            pause = pause.multipliedBy(2);
        }
        return pause.compareTo(longestPause) < 0 ? pause : longestPause;
    }
}
