package io.nsfl.sdk;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What a plain step lacks of one with FedProx's pull, {@code rate mu (w - w_global)}, and with momentum: the part of the last step that goes
 * on. Both look at the weights as they were after the last step was whole, so whatever else is added comes first.
 */
final class StepRemainder {
    private final List<INDArray> weights;
    private final List<INDArray> anchors;
    private final List<INDArray> before;
    private final List<INDArray> moved;
    private final double pull;
    private final double momentum;

    /**
     * @param trained views of the weights, which hold w_global now
     * @param pull learning rate times mu; 0 = none
     * @param momentum from 0, none, to below 1
     */
    StepRemainder(List<INDArray> trained, double pull, double momentum) {
        if (!(momentum >= 0 && momentum < 1)) {
            throw new TaskException("momentum must be from 0 to below 1, not " + momentum);
        }
        this.pull = pull;
        this.momentum = momentum;
        this.weights = pull > 0 || momentum > 0 ? trained : List.of();
        this.before = copies();
        this.anchors = pull > 0 ? copies() : List.of();
        this.moved = momentum > 0 ? copies() : List.of();
        moved.forEach(step -> step.assign(0));
    }

    /** Makes the step whole that the weights have just made. */
    void add() {
        for (int i = 0; i < weights.size(); i++) {
            INDArray now = weights.get(i);
            INDArray was = before.get(i);
            if (momentum > 0) {
                now.addi(moved.get(i).muli(momentum));
                moved.get(i).assign(now).subi(was);
            }
            if (pull > 0) {
                INDArray pulled = was.subi(anchors.get(i)).muli(pull);
                now.subi(pulled);
                if (momentum > 0) {
                    moved.get(i).subi(pulled);
                }
            }
            was.assign(now);
        }
    }

    /** How many plain steps carry a constant gradient as far: the sum of {@code 1 + momentum + ... + momentum^(k - 1)} over the steps k. */
    double reach(int steps) {
        return momentum == 0
                ? steps
                : (steps - momentum * (1 - Math.pow(momentum, steps)) / (1 - momentum)) / (1 - momentum);
    }

    private List<INDArray> copies() {
        return weights.stream().map(INDArray::dup).toList();
    }
}
