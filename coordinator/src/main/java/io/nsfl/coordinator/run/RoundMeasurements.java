package io.nsfl.coordinator.run;

import io.nsfl.coordinator.checkpoint.JournalRecord.Evaluated;
import io.nsfl.coordinator.round.RoundTally;
import io.nsfl.coordinator.round.WorkId;
import io.nsfl.federation.state.ServerState;
import io.nsfl.protocol.job.RoundMetrics;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of the run's rounds: the metrics that they were settled with, and what evaluations, which end later, found of their
 * models.
 */
final class RoundMeasurements {
    private final String run;
    private final RunRecords records;

    /** @param run its id */
    RoundMeasurements(String run, RunRecords records) {
        this.run = run;
        this.records = records;
    }

    /**
     * The metrics of a round that is being settled, not evaluated yet.
     *
     * @param state RoundMetrics.COMMITTED or SKIPPED
     * @param train what the clients measured in training
     * @param before what the algorithm remembered before the round
     * @param after the same after it
     */
    RoundMetrics settled(
            WorkId work,
            String state,
            RoundTally tally,
            Map<String, Double> train,
            PhaseTimes times,
            ServerState before,
            ServerState after) {
        return new RoundMetrics(
                run,
                work.round(),
                work.attempt(),
                state,
                tally.selected(),
                tally.included(),
                tally.failed(),
                train,
                Map.of(),
                times.seconds(),
                times.millis(),
                records.privacy().map(book -> book.spent(before, after)).orElse(null));
    }

    /** All settled rounds with the measurements that are known. */
    List<RoundMetrics> rounds() {
        return records.history().rounds().stream()
                .map(round -> committed(round) ? withEvaluation(round, ofModel(round.round())) : round)
                .toList();
    }

    /** A committed round with its measurements; empty = the round was not committed. */
    Optional<RoundMetrics> committed(int round) {
        return rounds().stream()
                .filter(metrics -> metrics.round() == round && committed(metrics))
                .findFirst();
    }

    /** Evaluations that did not fail, in the order in which they ended. */
    List<Evaluated> evaluations() {
        return records.history().evaluations().stream()
                .filter(evaluation -> evaluation.failure() == null)
                .toList();
    }

    /** What the evaluation of a round's model found; empty = it was not evaluated, or that failed. */
    Map<String, Double> ofModel(int round) {
        return evaluations().stream()
                .filter(evaluation -> evaluation.round() == round)
                .findFirst()
                .<Map<String, Double>>map(Evaluated::metrics)
                .orElse(Map.of());
    }

    private static boolean committed(RoundMetrics round) {
        return round.state().equals(RoundMetrics.COMMITTED);
    }

    private static RoundMetrics withEvaluation(RoundMetrics round, Map<String, Double> evaluate) {
        return new RoundMetrics(
                round.run(),
                round.round(),
                round.attempt(),
                round.state(),
                round.selected(),
                round.included(),
                round.failed(),
                round.train(),
                evaluate,
                round.seconds(),
                round.phaseMillis(),
                round.privacy());
    }
}
