package io.nsfl.coordinator.round;

import java.util.ArrayList;
import java.util.List;

/** A decision: the phase that is next, and what is to be done, in this order. */
public record Step(RoundPhase next, List<Effect> effects) {
    public Step {
        effects = List.copyOf(effects);
    }

    static Step of(RoundPhase next, Effect... effects) {
        return new Step(next, List.of(effects));
    }

    /** The same decision with more to be done first. */
    Step after(List<Effect> earlier) {
        List<Effect> all = new ArrayList<>(earlier);
        all.addAll(effects);
        return new Step(next, all);
    }

    Step after(Effect... earlier) {
        return after(List.of(earlier));
    }
}
