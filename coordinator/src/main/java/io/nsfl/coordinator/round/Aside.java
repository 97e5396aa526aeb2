package io.nsfl.coordinator.round;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An evaluation that is played beside the training of an asynchronous run, by the phases that play it in any other run.
 *
 * @param phase Selecting, Opening or Evaluating
 * @param wake when it wants to be woken
 */
record Aside(RoundPhase phase, Optional<Instant> wake) {
    /** @param over the end of the evaluation is journalled; what its phases would begin next is not theirs to begin here */
    record Progress(Aside aside, List<Effect> effects, boolean over) {}

    static Progress begin(Course course, Instant now) {
        return taken(Selecting.evaluation(course, now), Optional.empty());
    }

    Progress on(RoundEvent event, Instant now) {
        if (event instanceof RoundEvent.Noted noted && phase.concerns(noted.work())) {
            return new Progress(this, List.of(), true);
        }
        return taken(phase.on(event, now), wake);
    }

    /** Whether it waits for clients to become free. */
    boolean selecting() {
        return phase instanceof Selecting;
    }

    /** What it came to; empty = it failed. */
    Map<String, Double> measured() {
        return phase instanceof Evaluating evaluating
                ? evaluating
                        .measured()
                        .<Map<String, Double>>map(merged -> merged)
                        .orElse(Map.of())
                : Map.of();
    }

    WorkId work() {
        return phase.work().orElseThrow();
    }

    private static Progress taken(Step step, Optional<Instant> wakeBefore) {
        Optional<Instant> wake = wakeBefore;
        List<Effect> effects = new ArrayList<>();
        for (Effect effect : step.effects()) {
            switch (effect) {
                case Effect.WakeAt order -> wake = Optional.of(order.when());
                case Effect.Open order -> effects.add(new Effect.OpenBeside(order.work(), order.roster()));
                default -> effects.add(effect);
            }
        }
        return new Progress(new Aside(step.next(), wake), effects, false);
    }
}
