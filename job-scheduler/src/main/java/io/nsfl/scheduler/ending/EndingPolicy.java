package io.nsfl.scheduler.ending;

import java.time.Duration;

/**
 * How long an ending coordinator is waited for.
 *
 * @param patience from asking it to stop, or from its last report, until its workload is ended
 * @param grace between the polite and the forced end of its workload
 * @param again between two tries to reach it
 */
public record EndingPolicy(Duration patience, Duration grace, Duration again) {}
