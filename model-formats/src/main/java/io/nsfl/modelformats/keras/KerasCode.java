package io.nsfl.modelformats.keras;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Finds what Keras would turn into code when it loads a configuration: functions by value and classes of other packages. */
final class KerasCode {
    private static final Set<String> FUNCTIONS_BY_VALUE = Set.of("Lambda", "__lambda__");
    private static final Set<String> FUNCTIONS_BY_NAME = Set.of("TFOpLambda", "SlicingOpLambda", "ClassMethod");
    private static final List<String> KERAS_PACKAGES = List.of("keras", "tf_keras", "tensorflow.keras");
    /** Parts of TensorFlow that only compute. */
    private static final List<String> HARMLESS_FUNCTIONS = List.of(
            "math.",
            "nn.",
            "linalg.",
            "signal.",
            "image.",
            "__operators__.",
            "add",
            "cast",
            "concat",
            "convert_to_tensor",
            "expand_dims",
            "gather",
            "identity",
            "multiply",
            "pad",
            "reshape",
            "shape",
            "slice",
            "split",
            "squeeze",
            "stack",
            "strided_slice",
            "subtract",
            "tile",
            "transpose",
            "unstack");

    private KerasCode() {}

    static void refuse(Path file, JsonNode node) {
        if (node.isObject()) {
            refuseObject(file, node);
        }
        for (JsonNode child : node) {
            refuse(file, child);
        }
    }

    private static void refuseObject(Path file, JsonNode node) {
        String className = node.path("class_name").asString("");
        if (FUNCTIONS_BY_VALUE.contains(className)) {
            String name = node.path("config").path("name").asString(className);
            throw hostile(
                    file,
                    "its " + className + " \"" + shortened(name)
                            + "\" carries code; use a layer of Keras or a model without it");
        }
        if (FUNCTIONS_BY_NAME.contains(className)) {
            refuseFunction(file, node.path("config").path("function").asString(""));
        }
        JsonNode module = node.path("module");
        if (module.isString() && !allowed(module.stringValue(), className)) {
            throw hostile(
                    file,
                    "Keras would import " + shortened(module.stringValue()) + " for its " + shortened(className)
                            + "; use layers of Keras, or give the model's weights only");
        }
    }

    private static void refuseFunction(Path file, String function) {
        boolean harmless = HARMLESS_FUNCTIONS.stream()
                .anyMatch(known -> known.endsWith(".") ? function.startsWith(known) : function.equals(known));
        if (!harmless) {
            throw hostile(file, "its configuration calls the TensorFlow function \"" + shortened(function) + "\"");
        }
    }

    private static boolean allowed(String module, String className) {
        // Functions of the script are written as "builtins" and looked up among what the script itself registered.
        return (module.equals("builtins") && className.equals("function"))
                || KERAS_PACKAGES.stream().anyMatch(known -> module.equals(known) || module.startsWith(known + "."));
    }

    private static FaultException hostile(Path file, String why) {
        return new FaultException(Fault.MODEL_HOSTILE, file + " is refused: " + why + ".");
    }

    private static String shortened(String text) {
        return text.length() > 80 ? text.substring(0, 80) + "…" : text;
    }
}
