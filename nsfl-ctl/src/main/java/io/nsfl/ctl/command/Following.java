package io.nsfl.ctl.command;

import io.nsfl.ctl.api.JobsApi;
import io.nsfl.ctl.output.Follow;
import io.nsfl.protocol.ids.JobKey;
import java.time.ZoneId;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Stays with a job until it ends; the exit code says how. */
final class Following {
    private static final long LOOK_MILLIS = 500;
    private static final Set<String> AT_REST = Set.of("FINISHED", "FAILED", "STOPPED");

    private Following() {}

    /** 0 only for FINISHED. */
    static int until(Session session, JobKey job) throws InterruptedException {
        Follow follow = new Follow(
                session.jobs(), session.out(), () -> TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS), ZoneId.systemDefault());
        return "FINISHED".equals(follow.untilTheEnd(job)) ? 0 : 1;
    }

    /** Waits until the job is gone or does nothing any more. */
    static void untilAtRest(Session session, JobKey job) throws InterruptedException {
        JobsApi jobs = session.jobs();
        while (jobs.find(job.namespace(), job.id())
                .map(found -> found.path("status").path("state").asString(""))
                .filter(state -> !AT_REST.contains(state))
                .isPresent()) {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
    }
}
