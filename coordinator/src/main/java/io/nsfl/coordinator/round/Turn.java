package io.nsfl.coordinator.round;

import java.time.Instant;

/** What comes after a commit, an evaluation, a checkpoint, or a skipped round: the rounds of a run in one place. */
public final class Turn {
    private Turn() {}

    /** What is due: decided by the course alone. */
    sealed interface Due {
        record Finish(RunState state, String reason) implements Due {}

        record Evaluate() implements Due {}

        record Save() implements Due {}

        record NextRound() implements Due {}
    }

    static Due due(Course course) {
        RoundRules rules = course.rules();
        if (course.stopReason().isPresent()) {
            return new Due.Finish(RunState.STOPPED, course.stopReason().get());
        }
        if (course.skippedInARow() >= RoundRules.MAX_SKIPPED_IN_A_ROW) {
            return new Due.Finish(RunState.FAILED, tooManySkipped(course));
        }
        if (course.evaluatedRound() < course.committedRound() && evaluationDue(course)) {
            return new Due.Evaluate();
        }
        if (course.savedRound() < course.committedRound() && saveDue(course)) {
            return new Due.Save();
        }
        if (!rules.last(course.round())) {
            return course.earlyEnd()
                    .<Due>map(reason -> new Due.Finish(RunState.FINISHED, reason))
                    .orElseGet(Due.NextRound::new);
        }
        return course.committedCount() == 0
                ? new Due.Finish(RunState.FAILED, "No round succeeded. " + course.lastFailure())
                : new Due.Finish(RunState.FINISHED, "");
    }

    /** Never waits: the step begins the next phase. */
    public static Step next(Course course, Instant now) {
        return switch (due(course)) {
            case Due.Finish finish -> Finishing.begin(course, finish.state(), finish.reason());
            case Due.Evaluate _ -> Selecting.evaluation(course, now);
            case Due.Save _ -> Saving.begin(course);
            case Due.NextRound _ -> Selecting.nextRound(course, now);
        };
    }

    /** At the end also the model of an earlier round, if the last rounds were skipped. */
    private static boolean evaluationDue(Course course) {
        return course.committedThisRound()
                ? course.rules().evaluationDue(course.round())
                : course.rules().last(course.round()) && course.rules().evaluationDue(course.round());
    }

    /** With an early stop every model that is the best so far is kept too, so that the best of all is there in the end. */
    private static boolean saveDue(Course course) {
        return course.bestNow() || savedByInterval(course);
    }

    private static boolean savedByInterval(Course course) {
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
