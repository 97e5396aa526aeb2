package io.nsfl.coordinator.round;

import java.time.Instant;

/** What comes after a commit, an evaluation, a checkpoint, or a skipped round: the rounds of a run in one place. */
public final class Turn {
    private Turn() {}

    /** Never waits: the step begins the next phase. */
    public static Step next(Course course, Instant now) {
        RoundRules rules = course.rules();
        if (course.stopReason().isPresent()) {
            return Finishing.begin(course, RunState.STOPPED, course.stopReason().get());
        }
        if (course.skippedInARow() >= RoundRules.MAX_SKIPPED_IN_A_ROW) {
            return Finishing.begin(course, RunState.FAILED, tooManySkipped(course));
        }
        if (course.evaluatedRound() < course.committedRound() && evaluationDue(course)) {
            return Selecting.evaluation(course, now);
        }
        if (course.savedRound() < course.committedRound() && saveDue(course)) {
            return Saving.begin(course);
        }
        if (!rules.last(course.round())) {
            return Selecting.nextRound(course, now);
        }
        return course.committedCount() == 0
                ? Finishing.begin(course, RunState.FAILED, "No round succeeded. " + course.lastFailure())
                : Finishing.begin(course, RunState.FINISHED, "");
    }

    /** At the end also the model of an earlier round, if the last rounds were skipped. */
    private static boolean evaluationDue(Course course) {
        return course.committedThisRound()
                ? course.rules().evaluationDue(course.round())
                : course.rules().last(course.round());
    }

    private static boolean saveDue(Course course) {
        return course.committedThisRound()
                ? course.rules().saveDue(course.round())
                : course.rules().last(course.round());
    }

    private static String tooManySkipped(Course course) {
        String model = course.committedRound() == 0
                ? "No round succeeded."
                : "The last committed model is that of round " + course.committedRound() + ".";
        return "%d rounds in a row were skipped; %s %s".formatted(course.skippedInARow(), model, course.lastFailure());
    }
}
