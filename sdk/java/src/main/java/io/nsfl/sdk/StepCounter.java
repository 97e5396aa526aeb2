package io.nsfl.sdk;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.optimize.api.BaseTrainingListener;

/** Counts the steps of a network that trains by itself. */
final class StepCounter extends BaseTrainingListener {
    private int steps;

    int steps() {
        return steps;
    }

    @Override
    public void iterationDone(Model model, int iteration, int epoch) {
        steps++;
    }
}
