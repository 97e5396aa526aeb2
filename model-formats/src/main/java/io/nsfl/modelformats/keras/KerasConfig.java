package io.nsfl.modelformats.keras;

import io.nsfl.modelformats.ModelLimits;
import io.nsfl.modelformats.json.BoundedJson;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** The layers of a Keras model by name, from the {@code model_config} of its file. */
final class KerasConfig {
    private final List<Layer> layers;

    /**
     * @param inner the layers of a nested model in order; empty for a layer that holds its weights itself
     */
    record Layer(String name, String className, List<Layer> inner) {
        /** The layers that hold weights themselves, depth first: the order of {@code get_weights()}. */
        List<Layer> leaves() {
            return inner.isEmpty()
                    ? List.of(this)
                    : inner.stream().flatMap(layer -> layer.leaves().stream()).toList();
        }
    }

    private KerasConfig(List<Layer> layers) {
        this.layers = layers;
    }

    /** What a file without configuration says of its layers: nothing. */
    static KerasConfig absent() {
        return new KerasConfig(List.of());
    }

    /** @throws FaultException MODEL_HOSTILE when Keras would make code of it, MODEL_UNREADABLE when it is not JSON */
    static KerasConfig parse(Path file, String json, ModelLimits limits) {
        JsonNode config = checked(file, json, limits);
        return new KerasConfig(inner(config));
    }

    /** Refuses configuration that Keras would make code of. */
    static void check(Path file, String json, ModelLimits limits) {
        checked(file, json, limits);
    }

    Optional<Layer> layer(String name) {
        return layers.stream().filter(layer -> layer.name().equals(name)).findFirst();
    }

    private static JsonNode checked(Path file, String json, ModelLimits limits) {
        try {
            JsonNode config =
                    BoundedJson.parse(json.getBytes(StandardCharsets.UTF_8), limits.depth(), limits.nameLength());
            KerasCode.refuse(file, config);
            return config;
        } catch (JacksonException broken) {
            throw new FaultException(
                    Fault.MODEL_UNREADABLE,
                    file + " has a Keras configuration that is not valid JSON (" + broken.getOriginalMessage() + ").");
        }
    }

    private static List<Layer> inner(JsonNode model) {
        List<Layer> layers = new ArrayList<>();
        JsonNode config = model.path("config");
        // Sequential models of Keras 2.2 and before have the list of layers in the place of their configuration.
        for (JsonNode layer : config.isArray() ? config : config.path("layers")) {
            String name = layer.path("config")
                    .path("name")
                    .asString(layer.path("name").asString(""));
            layers.add(new Layer(name, layer.path("class_name").asString(""), inner(layer)));
        }
        return List.copyOf(layers);
    }
}
