package io.nsfl.modelformats.keras;

import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.modelformats.hdf5.Hdf5Object;
import io.nsfl.modelformats.kind.KindRule;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The layout of full models and of Keras 2's weight files: one group per layer, named by the attribute {@code layer_names}, whose
 * attribute {@code weight_names} names the datasets.
 *
 * <p>Within a layer the file has trainable weights first, whereas {@code get_weights()} goes through a nested model layer by
 * layer. So the weights of a nested model are put in the order of its innermost layers, which are told by the parts of the
 * weights' names. If a name fits no layer the file's order stays. Without a configuration weights of the same layer are brought
 * together, which is the same order as long as no layer of the nested model is frozen.
 */
final class LayerWeights {
    private static final String LAYER_NAMES = "layer_names";
    private static final String WEIGHT_NAMES = "weight_names";
    private static final String TOP_LEVEL = "top_level_model_weights";
    private static final Set<String> NORMALIZATION_STATISTICS = Set.of("mean", "variance");

    private final Path file;
    private final Hdf5Object group;
    private final KerasConfig config;

    LayerWeights(Path file, Hdf5Object group, KerasConfig config) {
        this.file = file;
        this.group = group;
        this.config = config;
    }

    static boolean isIn(Hdf5Object group) {
        return names(group, LAYER_NAMES).isPresent();
    }

    List<KerasWeight> read() {
        List<String> layers = new ArrayList<>(names(group, LAYER_NAMES).orElseThrow());
        // Weights of the model itself: Keras 3 gives them first, Keras 2 last.
        layers.add(writtenByKeras2() ? layers.size() : 0, TOP_LEVEL);
        List<KerasWeight> weights = new ArrayList<>();
        for (String layer : layers) {
            Optional<Hdf5Object> layerGroup =
                    Optional.ofNullable(group.children().get(layer));
            if (layerGroup.isPresent()) {
                weights.addAll(ofLayer(layer, layerGroup.get()));
            } else if (!layer.equals(TOP_LEVEL)) {
                throw unreadable("it names the layer \"" + layer + "\" and has no weights for it");
            }
        }
        return weights;
    }

    private List<KerasWeight> ofLayer(String layer, Hdf5Object layerGroup) {
        List<String> names = names(layerGroup, WEIGHT_NAMES).orElse(List.of());
        List<KerasConfig.Layer> leaves =
                config.layer(layer).map(KerasConfig.Layer::leaves).orElse(List.of());
        List<KerasWeight> weights = new ArrayList<>();
        for (String name : inOrder(names, leaves)) {
            Hdf5Object dataset = layerGroup
                    .find(name)
                    .orElseThrow(
                            () -> unreadable("layer \"" + layer + "\" names the weight \"" + name + "\" and has none"));
            String unique = name.startsWith(layer + "/") || layer.equals(TOP_LEVEL) ? name : layer + "/" + name;
            weights.add(new KerasWeight(unique, dataset, kind(name, leaves)));
        }
        return weights;
    }

    private static List<String> inOrder(List<String> names, List<KerasConfig.Layer> leaves) {
        if (leaves.isEmpty()) {
            return byOwner(names);
        }
        if (leaves.size() == 1) {
            return names;
        }
        List<Integer> places =
                names.stream().map(name -> leafOf(name, leaves).orElse(-1)).toList();
        if (places.contains(-1)) {
            return names;
        }
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            order.add(i);
        }
        order.sort(Comparator.comparing(places::get));
        return order.stream().map(names::get).toList();
    }

    private static List<String> byOwner(List<String> names) {
        Map<String, List<String>> owners = new LinkedHashMap<>();
        for (String name : names) {
            String owner = name.substring(0, Math.max(0, name.lastIndexOf('/')));
            owners.computeIfAbsent(owner, ignored -> new ArrayList<>()).add(name);
        }
        return owners.values().stream().flatMap(List::stream).toList();
    }

    /** Place of the layer whose name is a part of the weight's name; of several the innermost part decides. */
    private static Optional<Integer> leafOf(String weight, List<KerasConfig.Layer> leaves) {
        List<String> parts = Arrays.asList(weight.split("/"));
        int best = -1;
        int bestPart = -1;
        for (int i = 0; i < leaves.size(); i++) {
            int part =
                    parts.subList(0, parts.size() - 1).lastIndexOf(leaves.get(i).name());
            if (part > bestPart) {
                best = i;
                bestPart = part;
            }
        }
        return best < 0 ? Optional.empty() : Optional.of(best);
    }

    private static TensorKind kind(String name, List<KerasConfig.Layer> leaves) {
        TensorKind byName = KindRule.of(name, DType.F32);
        if (byName == TensorKind.STATISTIC || leaves.isEmpty()) {
            return byName;
        }
        int leaf = leaves.size() == 1 ? 0 : leafOf(name, leaves).orElse(0);
        String last = name.substring(name.lastIndexOf('/') + 1).replaceAll(":\\d+$", "");
        boolean statistic =
                leaves.get(leaf).className().equals("Normalization") && NORMALIZATION_STATISTICS.contains(last);
        return statistic ? TensorKind.STATISTIC : byName;
    }

    private boolean writtenByKeras2() {
        return group.strings("keras_version")
                .map(version -> version.isEmpty() || !version.getFirst().startsWith("3"))
                .orElse(true);
    }

    /** Keras splits lists of names over 64 KB into attributes with a number at the end. */
    private static Optional<List<String>> names(Hdf5Object object, String attribute) {
        Optional<List<String>> whole = object.strings(attribute);
        if (whole.isPresent()) {
            return whole;
        }
        List<String> all = new ArrayList<>();
        Optional<List<String>> part = object.strings(attribute + "0");
        for (int i = 1; part.isPresent(); i++) {
            all.addAll(part.get());
            part = object.strings(attribute + i);
        }
        return all.isEmpty() ? Optional.empty() : Optional.of(all);
    }

    private FaultException unreadable(String why) {
        return new FaultException(Fault.MODEL_UNREADABLE, file + " is not a Keras file that can be read: " + why + ".");
    }
}
