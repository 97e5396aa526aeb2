package io.nsfl.coordinator.run;

import io.nsfl.coordinator.report.RunReport;
import io.nsfl.coordinator.round.Course;
import io.nsfl.coordinator.round.RoundPhase;
import io.nsfl.coordinator.round.RunState;
import io.nsfl.protocol.job.Heartbeat.Checkpoint;
import io.nsfl.protocol.job.JobEvent;
import io.nsfl.protocol.job.RoundMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Remembers what it was told; the round that a run is in must never go back. */
final class RecordingReport implements RunReport {
    private final List<String> phases = new ArrayList<>();
    private final List<RunState> states = new ArrayList<>();
    private final List<JobEvent> events = new ArrayList<>();
    private final List<Throwable> defects = new ArrayList<>();
    private final Map<Integer, RoundMetrics> rounds = new TreeMap<>();
    private Map<String, Checkpoint> checkpoints = Map.of();
    private int highestRound;

    @Override
    public void state(RunState state, String reason) {
        states.add(state);
    }

    @Override
    public void phase(RoundPhase phase, Course course) {
        if (course.round() < highestRound) {
            throw new AssertionError("Round " + course.round() + " after round " + highestRound);
        }
        highestRound = course.round();
        phases.add(phase.title());
    }

    @Override
    public void event(JobEvent event) {
        events.add(event);
    }

    @Override
    public void round(RoundMetrics metrics) {
        rounds.put(metrics.round(), metrics);
    }

    @Override
    public void checkpoints(Map<String, Checkpoint> all) {
        checkpoints = all;
    }

    void defect(Throwable thrown) {
        defects.add(thrown);
    }

    List<String> phases() {
        return phases;
    }

    List<RunState> states() {
        return states;
    }

    List<JobEvent> events() {
        return events;
    }

    List<String> eventTypes() {
        return events.stream().map(JobEvent::type).toList();
    }

    List<Throwable> defects() {
        return defects;
    }

    Map<Integer, RoundMetrics> rounds() {
        return rounds;
    }

    Map<String, Checkpoint> checkpoints() {
        return checkpoints;
    }
}
