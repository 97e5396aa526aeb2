package io.nsfl.scheduler.watch;

import io.nsfl.protocol.ids.JobKey;
import io.nsfl.scheduler.job.Job;
import io.nsfl.scheduler.job.JobFlow;
import io.nsfl.scheduler.job.JobState;
import io.nsfl.servicekit.time.Timers;
import io.nsfl.workload.WorkloadEnd;
import io.nsfl.workload.WorkloadStatus;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Expects heartbeats of every coordinator and hears how its workload ends. */
public final class Watch {
    private final JobFlow flow;
    private final Restarts restarts;
    private final WatchPolicy policy;
    private final Map<JobKey, Expectation> expected = new ConcurrentHashMap<>();

    public Watch(JobFlow flow, Restarts restarts, WatchPolicy policy) {
        this.flow = flow;
        this.restarts = restarts;
        this.policy = policy;
    }

    /** From now on the first heartbeat of this launch, or of this service's life, is expected. */
    public void expectFirst(Job job) {
        expect(job, policy.firstHeartbeat());
    }

    /** It has just been heard of. */
    public void heard(Job job) {
        expect(job, policy.heartbeatTimeout());
    }

    /** Nothing is expected any more. */
    public void forget(Job job) {
        Expectation present = expected.remove(job.key());
        if (present != null) {
            present.timer.cancel();
        }
    }

    /** A launch could not even be made. */
    public void notLaunched(Job job, String why) {
        restarts.lost(job, "it could not be launched: " + why);
    }

    /** How long to wait before this launch is made. */
    public Duration pauseBefore(Job job) {
        return policy.pause(job.restarts());
    }

    /** The workload of this job's present launch has ended. */
    public void ended(Job job, WorkloadStatus status) {
        status.end().ifPresent(end -> restarts.lost(job, end.describe()));
    }

    /** Nothing of this launch runs, and nobody saw it end. */
    public void vanished(Job job, Optional<WorkloadStatus> found) {
        restarts.lost(
                job,
                found.flatMap(WorkloadStatus::end).map(WorkloadEnd::describe).orElse("it does not run any more"));
    }

    /** A heartbeat of this launch has come in, whether or not it can be dealt with now: the database may be away. */
    public void knock(JobKey key, String run, long epoch) {
        Expectation present = expected.get(key);
        if (present != null && present.job.run().equals(run) && present.job.epoch() == epoch) {
            heard(present.job);
        }
    }

    private void expect(Job job, Duration patience) {
        Expectation expectation = new Expectation(job);
        expectation.timer = flow.laterFor(job, patience, now -> silent(now, patience, expectation));
        Expectation before = expected.put(job.key(), expectation);
        if (before != null) {
            before.timer.cancel();
        }
    }

    private void silent(Job job, Duration patience, Expectation expectation) {
        boolean stands = expected.get(job.key()) == expectation;
        if (stands && (job.state() == JobState.STARTING || job.state() == JobState.RUNNING)) {
            restarts.lost(job, "it was not heard of for " + patience.toSeconds() + " s");
        }
    }

    /** One wait for one launch; a later one takes its place. */
    private static final class Expectation {
        private final Job job;
        private volatile Timers.Timer timer = () -> {};

        Expectation(Job job) {
            this.job = job;
        }
    }
}
