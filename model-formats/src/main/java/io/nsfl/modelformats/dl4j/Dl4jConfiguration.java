package io.nsfl.modelformats.dl4j;

import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.TensorSpec;
import io.nsfl.modelformats.ModelLimits;
import io.nsfl.modelformats.json.BoundedJson;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** The configuration of a MultiLayerNetwork or a ComputationGraph, read as data. */
final class Dl4jConfiguration {
    private static final List<String> PACKAGES = List.of("org.deeplearning4j.", "org.nd4j.");

    private final Path file;
    private final JsonNode root;

    private Dl4jConfiguration(Path file, JsonNode root) {
        this.file = file;
        this.root = root;
    }

    /**
     * @throws FaultException MODEL_UNREADABLE when it is not JSON, MODEL_HOSTILE when DL4J would create objects of classes that are
     *     not its own
     */
    static Dl4jConfiguration parse(Path file, byte[] json, ModelLimits limits) {
        try {
            JsonNode root = BoundedJson.parse(json, limits.depth(), limits.nameLength());
            refuseForeignClasses(file, root);
            return new Dl4jConfiguration(file, root);
        } catch (JacksonException broken) {
            throw new FaultException(
                    Fault.MODEL_UNREADABLE,
                    file + " has a configuration that is not valid JSON (" + broken.getOriginalMessage() + ").");
        }
    }

    /** The tensors in the order of the parameter vector, named as in DL4J's parameter table. */
    List<TensorSpec> tensors(DType dtype) {
        List<TensorSpec> specs = new ArrayList<>();
        try {
            if (root.path("confs").isArray()) {
                int index = 0;
                for (JsonNode conf : root.path("confs")) {
                    add(specs, Integer.toString(index++), conf.path("layer"), dtype);
                }
            } else {
                addVertices(specs, dtype);
            }
        } catch (UnsupportedLayerException unsupported) {
            throw new FaultException(
                    Fault.MODEL_UNREADABLE,
                    file + " has a layer whose parameters are not known: " + unsupported.getMessage()
                            + "; use dense, convolution, normalisation, embedding or recurrent layers.",
                    unsupported);
        } catch (ArithmeticException tooLarge) {
            throw new FaultException(
                    Fault.MODEL_UNREADABLE, file + " has a layer that is too large for any file.", tooLarge);
        }
        return specs;
    }

    private void addVertices(List<TensorSpec> specs, DType dtype) {
        JsonNode vertices = root.path("vertices");
        JsonNode order = root.path("topologicalOrderStr");
        if (!vertices.isObject() || !order.isArray()) {
            throw new FaultException(
                    Fault.MODEL_UNREADABLE,
                    file
                            + " has a configuration of neither a MultiLayerNetwork nor a ComputationGraph with its order.");
        }
        for (JsonNode name : order) {
            JsonNode vertex = vertices.path(name.asString(""));
            if (vertex.has("layerConf")) {
                add(specs, name.asString(""), vertex.path("layerConf").path("layer"), dtype);
            }
        }
    }

    private static void add(List<TensorSpec> specs, String layer, JsonNode config, DType dtype) {
        for (LayerParameters.Parameter parameter : LayerParameters.of(config)) {
            specs.add(new TensorSpec(layer + "_" + parameter.name(), dtype, parameter.shape(), parameter.kind()));
        }
    }

    private static void refuseForeignClasses(Path file, JsonNode node) {
        JsonNode type = node.path("@class");
        if (type.isString() && PACKAGES.stream().noneMatch(type.stringValue()::startsWith)) {
            String name = type.stringValue();
            throw new FaultException(
                    Fault.MODEL_HOSTILE,
                    file + " is refused: DL4J would create an object of class "
                            + name.substring(0, Math.min(120, name.length())) + ".");
        }
        for (JsonNode child : node) {
            refuseForeignClasses(file, child);
        }
    }
}
