package io.nsfl.modelformats.keras;

import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.modelformats.ModelLimits;
import io.nsfl.modelformats.hdf5.Hdf5Object;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The layout of {@code .weights.h5}: a tree of objects by attribute and class, each with its variables in {@code vars/0, vars/1, …}.
 *
 * <p>Layers come in the order in which they were written, which is the model's. Parts of a layer are written by the names of its
 * attributes, so those of Keras' own layers with parts are put in the order of {@code get_weights()}; parts of a user's layers stay
 * by name.
 */
final class VariableTree {
    private static final String VARIABLES = "vars";
    private static final Set<String> LAYERS = Set.of("layers", "_layer_checkpoint_dependencies");
    /** What Keras keeps beside the weights; it stays in the file as it is. */
    private static final Set<String> NOT_WEIGHTS = Set.of("optimizer", "metrics", "seed_generator");

    /** Parts of Bidirectional and of the attention layers; no layer has parts of both. */
    private static final List<String> PARTS =
            List.of("forward_layer", "backward_layer", "query_dense", "key_dense", "value_dense", "output_dense");

    private static final Pattern BATCH_NORMALIZATION = Pattern.compile("(sync_)?batch_normalization(_\\d+)?");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");

    private final Path file;
    private final ModelLimits limits;

    VariableTree(Path file, ModelLimits limits) {
        this.file = file;
        this.limits = limits;
    }

    static boolean isIn(Hdf5Object root) {
        return LAYERS.stream().anyMatch(root.children()::containsKey);
    }

    List<KerasWeight> read(Hdf5Object root) {
        List<KerasWeight> weights = new ArrayList<>();
        collect(root, "", 0, weights);
        return weights;
    }

    private void collect(Hdf5Object group, String name, int depth, List<KerasWeight> weights) {
        require(depth < limits.depth(), "its groups are nested deeper than " + limits.depth());
        require(weights.size() <= limits.tensors(), "it has more than " + limits.tensors() + " tensors");
        Map<String, Hdf5Object> children = group.children();
        if (children.containsKey(VARIABLES)) {
            addVariables(children.get(VARIABLES), name, weights);
        }
        children.entrySet().stream()
                .filter(child -> !child.getKey().equals(VARIABLES) && !NOT_WEIGHTS.contains(child.getKey()))
                .filter(child -> child.getValue().isGroup())
                .sorted(Comparator.comparingInt(child -> rank(child.getKey())))
                .forEach(child -> collect(child.getValue(), child.getKey(), depth + 1, weights));
    }

    private static int rank(String attribute) {
        return PARTS.indexOf(attribute.startsWith("_") ? attribute.substring(1) : attribute);
    }

    private void addVariables(Hdf5Object group, String owner, List<KerasWeight> weights) {
        List<Map.Entry<String, Hdf5Object>> variables = group.children().entrySet().stream()
                .filter(child -> NUMBER.matcher(child.getKey()).matches())
                .sorted(Comparator.comparingInt(child -> Integer.parseInt(child.getKey())))
                .toList();
        // The running mean and variance are the last two of gamma, beta, moving_mean, moving_variance.
        int statistics = BATCH_NORMALIZATION.matcher(owner).matches() ? variables.size() - 2 : variables.size();
        for (int i = 0; i < variables.size(); i++) {
            Hdf5Object dataset = variables.get(i).getValue();
            weights.add(new KerasWeight(
                    dataset.path(), dataset, i < statistics ? TensorKind.TRAINABLE : TensorKind.STATISTIC));
        }
    }

    private void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new FaultException(
                    Fault.MODEL_UNREADABLE, file + " is not a Keras file that can be read: " + otherwise + ".");
        }
    }
}
