package io.nsfl.scheduler.queue;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.job.JobConfig;
import io.nsfl.protocol.job.JobConfigReader;
import io.nsfl.protocol.v1.CheckResourcesResponse;
import io.nsfl.scheduler.clients.SelectorCalls;
import io.nsfl.scheduler.job.Job;
import io.nsfl.scheduler.job.JobEdit;
import io.nsfl.scheduler.job.JobFlow;
import io.nsfl.scheduler.job.JobState;
import io.nsfl.scheduler.job.Move;
import io.nsfl.servicekit.time.Timers;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Asks the selector for every waiting job on its own, until there are enough clients for it. The selector is called outside the job's
 * mailbox; its answer counts only if the job still waits in the same run.
 */
public final class Admission {
    private final JobFlow flow;
    private final SelectorCalls selector;
    private final AdmissionPolicy policy;
    /** By run: how often the selector said no. */
    private final Map<String, Integer> checks = new ConcurrentHashMap<>();
    /** By run: its next look. One only, however often it is told to wait. */
    private final Map<String, Timers.Timer> looks = new ConcurrentHashMap<>();

    public Admission(JobFlow flow, SelectorCalls selector, AdmissionPolicy policy) {
        this.flow = flow;
        this.selector = selector;
        this.policy = policy;
    }

    /** The selector's answer, or why there is none. @param admitted whether the job may start @param reason why not @param hopeless waiting helps not */
    private record Verdict(boolean admitted, String reason, boolean hopeless) {}

    /** Looks at a job that is QUEUING. */
    public void consider(Job job) {
        ask(job);
    }

    /** Looks at a job that is PENDING again, after its pause. */
    public void wait(Job job) {
        Timers.Timer next = flow.laterFor(job, policy.pause(checks.getOrDefault(job.run(), 1)), this::askAgain);
        Timers.Timer before = looks.put(job.run(), next);
        if (before != null) {
            before.cancel();
        }
    }

    /** A job that does not wait any more. */
    public void forget(Job job) {
        checks.remove(job.run());
        Timers.Timer look = looks.remove(job.run());
        if (look != null) {
            look.cancel();
        }
    }

    private void askAgain(Job job) {
        if (waits(job)) {
            ask(job);
        }
    }

    private void ask(Job job) {
        flow.aside(() -> {
            Verdict verdict = verdict(job);
            flow.postFor(job, now -> decide(now, verdict));
        });
    }

    private Verdict verdict(Job job) {
        try {
            JobConfig config = JobConfigReader.forUpdate(job.key().namespace(), job.data())
                    .orThrow(Fault.REQUEST_INVALID, "The stored job " + job.key());
            CheckResourcesResponse answer = selector.check(job.runRef(), config);
            return new Verdict(answer.getSatisfied(), answer.getExplanation(), false);
        } catch (FaultException unanswered) {
            return new Verdict(false, unanswered.getMessage(), unanswered.fault() == Fault.REQUEST_INVALID);
        }
    }

    private void decide(Job job, Verdict verdict) {
        if (!waits(job)) {
            return;
        }
        if (verdict.admitted()) {
            forget(job);
            flow.move(job, Move.ADMIT, "", JobEdit::nextEpoch);
            return;
        }
        int count = checks.merge(job.run(), 1, Integer::sum);
        if (verdict.hopeless() || policy.isSpent(count)) {
            forget(job);
            flow.move(job, Move.FAIL, verdict.reason(), edit -> {});
        } else {
            flow.move(job, Move.WAIT, verdict.reason(), edit -> {});
        }
    }

    private static boolean waits(Job job) {
        return job.state() == JobState.QUEUING || job.state() == JobState.PENDING;
    }
}
