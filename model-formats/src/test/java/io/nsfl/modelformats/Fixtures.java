package io.nsfl.modelformats;

import io.nsfl.federation.tensor.TensorSet;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.function.Function;
import java.util.stream.Stream;

/** Model files made by the frameworks themselves; the scripts under src/test/python say how. */
public record Fixtures(String name, Function<TensorSet, TensorSet> naming) {
    public static Stream<Fixtures> all() {
        Stream<Fixtures> keras = Stream.of("sequential", "nested")
                .flatMap(model -> Stream.of(
                                "keras2/" + model + ".h5",
                                "keras2/" + model + ".weights.h5",
                                "keras2/" + model + ".old.h5",
                                "keras3/" + model + ".h5",
                                "keras3/" + model + ".weights.h5")
                        .map(name -> new Fixtures(name, Values::numbered)));
        Stream<Fixtures> torch = Stream.of("network", "mixed", "checkpoint")
                .map(name -> new Fixtures("torch/" + name + ".pth", Function.identity()));
        Stream<Fixtures> dl4j = Stream.of("layers", "graph", "recurrent")
                .map(name -> new Fixtures("dl4j/" + name + ".zip", Function.identity()));
        return Stream.of(keras, torch, dl4j).flatMap(Function.identity());
    }

    public static Path path(String name) {
        try {
            return Path.of(Fixtures.class.getResource("/models/" + name).toURI());
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    public Path file() {
        return path(name);
    }

    /** The values that the framework itself gives for the file. */
    public Path reference() {
        return path(name + ".safetensors");
    }

    @Override
    public String toString() {
        return name;
    }
}
