package io.nsfl.ctl.command;

import io.nsfl.ctl.output.Follow;
import io.nsfl.protocol.ids.JobKey;
import java.time.ZoneId;
import java.util.concurrent.TimeUnit;

/** Stays with a job until it ends; the exit code says how. */
final class Following {
    private static final long LOOK_MILLIS = 500;

    private Following() {}

    /** 0 only for FINISHED. */
    static int until(Session session, JobKey job) throws InterruptedException {
        Follow follow = new Follow(
                session.jobs(), session.out(), () -> TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS), ZoneId.systemDefault());
        return "FINISHED".equals(follow.untilTheEnd(job)) ? 0 : 1;
    }
}
