package io.nsfl.sdk;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * The optimizer that the job names, on a network that steps by plain SGD. DL4J's own step is made first; what the algorithm adds to the
 * gradient is then subtracted with the same learning rate, which is the same step because SGD is linear in the gradient. With momentum
 * the part of the last step that goes on is added at last. It also counts the steps. Used by the thread that trains.
 */
public final class FederatedOptimizer extends BaseTrainingListener {
    private final Model model;
    private final double learningRate;
    /** What a correction adds to the gradient, times the learning rate; after each step of DL4J. */
    private final Runnable addition;

    private final StepRemainder remainder;
    private final int option;
    private INDArray keptGradient;
    private int steps;

    private FederatedOptimizer(
            Model model, double learningRate, Runnable addition, StepRemainder remainder, int option) {
        this.model = model;
        this.learningRate = learningRate;
        this.addition = addition;
        this.remainder = remainder;
        this.option = option;
        model.addListeners(this);
    }

    /**
     * FedProx (Li et al., 2020): {@code w <- w - rate v} with {@code v <- momentum v + gradient + mu (w - w_global)}, w_global being the
     * weights now; mu = 0 is SGD, momentum = 0 the paper's.
     */
    static FederatedOptimizer fedProx(Model model, double mu, double momentum) {
        if (mu < 0) {
            throw new TaskException("fedprox needs a mu of at least 0, not " + mu);
        }
        double rate = rateOf(model);
        return new FederatedOptimizer(model, rate, () -> {}, new StepRemainder(trained(model), rate * mu, momentum), 2);
    }

    /**
     * SCAFFOLD (Karimireddy et al., 2020): {@code w <- w - rate v} with {@code v <- momentum v + gradient + c - c_i}; momentum = 0 is the
     * paper's.
     *
     * @param correction c - c_i in the order of params()
     */
    static FederatedOptimizer scaffold(Model model, INDArray correction, int option, double momentum) {
        if (option != 1 && option != 2) {
            throw new TaskException(
                    "scaffold's option is 1 (the gradient at the round's model) or 2 (the path of the steps), not "
                            + option);
        }
        if (correction.length() != model.numParams()) {
            throw new TaskException("The job's control variates have " + correction.length()
                    + " values and the script's model " + model.numParams() + "; both must have the same architecture");
        }
        double rate = rateOf(model);
        INDArray step = correction.reshape(model.params().shape()).mul(rate);
        return new FederatedOptimizer(
                model, rate, () -> model.params().subi(step), new StepRemainder(trained(model), 0, momentum), option);
    }

    /** Steps taken so far. */
    public int localSteps() {
        return steps;
    }

    /** How far the steps carry a gradient of 1: the sum of their learning rates, with momentum of {@code rate (1 + momentum + ...)}. */
    public double stepLength() {
        return remainder.reach(steps) * learningRate;
    }

    /**
     * For scaffold's option 1, before the first step: the gradient of the mean loss over all of the client's data at the round's model.
     *
     * @param all the data, once; one features and one labels array each
     */
    public void keepGradient(DataSetIterator all) {
        if (steps > 0) {
            throw new TaskException(
                    "keepGradient must be called before the first step: it is the gradient at the round's model");
        }
        INDArray sum = Nd4j.zeros(model.params().dataType(), model.params().shape());
        long samples = 0;
        while (all.hasNext()) {
            DataSet batch = all.next();
            compute(batch);
            // DL4J sums over a minibatch and divides in its updater.
            sum.addi(model.getGradientsViewArray().reshape(sum.shape()));
            samples += batch.numExamples();
        }
        if (samples == 0) {
            throw new TaskException("keepGradient was given no data");
        }
        keptGradient = sum.divi(samples);
    }

    @Override
    public void iterationDone(Model trained, int iteration, int epoch) {
        addition.run();
        remainder.add();
        steps++;
    }

    /** What the executor makes the new control variate of: {@code control.json}, and for option 1 the gradient. */
    void report(TaskWorkspace workspace) {
        if (!listening()) {
            throw new TaskException(
                    "The model lost the optimizer of createOptimizer: add listeners of your own with addListeners,"
                            + " setListeners replaces it");
        }
        if (option == 1) {
            if (keptGradient == null) {
                throw new TaskException(
                        "scaffold's option 1 takes the gradient over all data at the round's model: call keepGradient"
                                + " before the first step, or leave option 2");
            }
            ModelWeights.save(copyWith(keptGradient), workspace.controlGradient());
        }
        TaskJson.write(workspace.controlReport(), Map.of("step_length", stepLength(), "by_gradient", option == 1));
    }

    boolean listening() {
        return switch (model) {
            case MultiLayerNetwork network -> network.getListeners().contains(this);
            case ComputationGraph graph -> graph.getListeners().contains(this);
            default -> true;
        };
    }

    private void compute(DataSet batch) {
        switch (model) {
            case MultiLayerNetwork network -> {
                network.setInput(batch.getFeatures());
                network.setLabels(batch.getLabels());
                network.computeGradientAndScore();
            }
            case ComputationGraph graph -> {
                graph.setInputs(batch.getFeatures());
                graph.setLabels(batch.getLabels());
                graph.computeGradientAndScore();
            }
            default -> throw new TaskException("keepGradient takes a MultiLayerNetwork or a ComputationGraph");
        }
    }

    private Model copyWith(INDArray values) {
        Model copy = model instanceof MultiLayerNetwork network ? network.clone() : ((ComputationGraph) model).clone();
        copy.setParams(values);
        return copy;
    }

    /** The one rate by which everything that is trained steps. */
    private static double rateOf(Model model) {
        Double rate = null;
        for (Layer layer : layers(model)) {
            for (String name : layer.paramTable(false).keySet()) {
                IUpdater updater = layer.getConfig().getUpdaterByParam(name);
                if (updater instanceof NoOp) {
                    continue;
                }
                if (!(updater instanceof Sgd sgd) || sgd.getLearningRateSchedule() != null) {
                    throw new TaskException(
                            "fedprox and scaffold step by plain SGD of one constant rate: configure the network with"
                                    + " updater(new Sgd(rate)), not " + updater);
                }
                if (rate != null && rate != sgd.getLearningRate()) {
                    throw new TaskException("fedprox and scaffold need one learning rate for all layers, not " + rate
                            + " and " + sgd.getLearningRate());
                }
                rate = sgd.getLearningRate();
            }
        }
        if (rate == null) {
            throw new TaskException("The network has nothing to train");
        }
        return rate;
    }

    /** Views of the parameters that are trained; running statistics and frozen layers are not among them. */
    private static List<INDArray> trained(Model model) {
        List<INDArray> found = new ArrayList<>();
        for (Layer layer : layers(model)) {
            layer.paramTable(false).forEach((name, values) -> {
                if (!(layer.getConfig().getUpdaterByParam(name) instanceof NoOp)) {
                    found.add(values);
                }
            });
        }
        return found;
    }

    private static Layer[] layers(Model model) {
        return switch (model) {
            case MultiLayerNetwork network -> network.getLayers();
            case ComputationGraph graph -> graph.getLayers();
            default -> throw new TaskException("createOptimizer takes a MultiLayerNetwork or a ComputationGraph");
        };
    }
}
