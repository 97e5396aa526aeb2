package io.nsfl.scheduler.watch;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.fault.Violation;
import io.nsfl.protocol.job.Heartbeat;
import io.nsfl.scheduler.job.JobState;
import java.util.ArrayList;
import java.util.List;

/** Checks a heartbeat's fields before anything is done with it. */
final class HeartbeatCheck {
    private HeartbeatCheck() {}

    /** @throws FaultException REQUEST_INVALID with all violations */
    static void check(Heartbeat beat) {
        List<Violation> violations = new ArrayList<>();
        if (isEmpty(beat.id())) {
            violations.add(new Violation("$.id", "nothing", "the job's id is needed"));
        }
        if (isEmpty(beat.namespace())) {
            violations.add(new Violation("$.namespace", "nothing", "the job's namespace is needed"));
        }
        if (beat.state() == null || JobState.of(beat.state()).isEmpty()) {
            violations.add(new Violation("$.state", String.valueOf(beat.state()), "a job's state is needed"));
        }
        if (beat.progress() < 0 || beat.progress() > 100) {
            violations.add(new Violation("$.progress", Integer.toString(beat.progress()), "0 to 100 is allowed"));
        }
        if (beat.run() != null && beat.epoch() == null) {
            violations.add(new Violation("$.epoch", "nothing", "a run comes with its epoch"));
        }
        if (beat.checkpoints() != null) {
            beat.checkpoints().forEach((name, checkpoint) -> {
                if (checkpoint == null || isEmpty(checkpoint.path())) {
                    violations.add(
                            new Violation("$.checkpoints." + name + ".path", "nothing", "a checkpoint needs its path"));
                } else if (!Double.isFinite(checkpoint.accuracy())) {
                    violations.add(new Violation(
                            "$.checkpoints." + name + ".accuracy",
                            Double.toString(checkpoint.accuracy()),
                            "an accuracy is a number"));
                }
            });
        }
        if (!violations.isEmpty()) {
            StringBuilder sentence = new StringBuilder("The heartbeat is refused:");
            violations.forEach(
                    violation -> sentence.append(' ').append(violation).append('.'));
            throw new FaultException(Fault.REQUEST_INVALID, sentence.toString(), violations);
        }
    }

    private static boolean isEmpty(String text) {
        return text == null || text.isEmpty();
    }
}
