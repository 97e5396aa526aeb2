package io.nsfl.modelformats.dl4j;

import io.nsfl.federation.tensor.TensorKind;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * The parameters of one layer in the order of DL4J's parameter vector, from the layer's configuration.
 *
 * <p>DL4J keeps matrices of dense and recurrent layers by columns. A tensor here is row-major in the order of the vector, so such
 * a matrix appears with its axes exchanged: {@code W} of a dense layer as {@code [nOut, nIn]}. Kernels of convolutions lie by rows
 * and keep DL4J's shape.
 */
final class LayerParameters {
    private static final int LSTM_GATES = 4;
    private static final int PEEPHOLES = 3;

    private final List<Parameter> parameters = new ArrayList<>();
    private final String prefix;
    private final JsonNode layer;

    /** @param name as in DL4J's parameter table, for example {@code W} */
    record Parameter(String name, List<Long> shape, TensorKind kind) {}

    private LayerParameters(String prefix, JsonNode layer) {
        this.prefix = prefix;
        this.layer = layer;
    }

    /** @throws UnsupportedLayerException when the layer's parameters are not known */
    static List<Parameter> of(JsonNode layer) {
        return of("", layer);
    }

    private static List<Parameter> of(String prefix, JsonNode layer) {
        LayerParameters parameters = new LayerParameters(prefix, layer);
        parameters.add();
        return parameters.parameters;
    }

    private void add() {
        switch (className()) {
            case "DenseLayer", "OutputLayer", "RnnOutputLayer", "EmbeddingLayer", "EmbeddingSequenceLayer" ->
                addDense();
            case "ConvolutionLayer", "Convolution2D" -> addConvolution(kernel(2), false);
            case "Convolution1DLayer", "Convolution1D" ->
                addConvolution(List.of(kernel(1).getFirst(), 1L), false);
            case "Convolution3D" -> addConvolution(kernel(3), false);
            case "Deconvolution2D" -> addConvolution(kernel(2), true);
            case "BatchNormalization" -> addNormalization();
            case "LSTM" -> addRecurrent(LSTM_GATES, 0);
            case "GravesLSTM" -> addRecurrent(LSTM_GATES, PEEPHOLES);
            case "SimpleRnn" -> addRecurrent(1, 0);
            case "Bidirectional" -> {
                parameters.addAll(of(prefix + "f", layer.path("fwd")));
                parameters.addAll(of(prefix + "b", layer.path("bwd")));
            }
            case "LastTimeStep", "MaskZeroLayer", "TimeDistributed" ->
                parameters.addAll(of(prefix, layer.path("underlying")));
            case "FrozenLayer", "FrozenLayerWithBackprop" ->
                parameters.addAll(of(prefix, layer.has("layer") ? layer.path("layer") : layer.path("underlying")));
            case "ActivationLayer",
                    "DropoutLayer",
                    "SubsamplingLayer",
                    "Subsampling1DLayer",
                    "Subsampling3DLayer",
                    "GlobalPoolingLayer",
                    "ZeroPaddingLayer",
                    "ZeroPadding1DLayer",
                    "ZeroPadding3DLayer",
                    "LossLayer",
                    "RnnLossLayer",
                    "CnnLossLayer",
                    "Cnn3DLossLayer",
                    "Upsampling1D",
                    "Upsampling2D",
                    "Upsampling3D",
                    "Cropping1D",
                    "Cropping2D",
                    "Cropping3D",
                    "SpaceToDepthLayer",
                    "SpaceToBatchLayer",
                    "MaskLayer",
                    "RepeatVector",
                    "LocalResponseNormalization" -> {}
            default -> throw new UnsupportedLayerException(className());
        }
    }

    private void addDense() {
        add("W", size("nout"), size("nin"));
        if (flag("hasBias", !className().startsWith("Embedding"))) {
            add("b", size("nout"));
        }
        if (flag("hasLayerNorm", false)) {
            add("g", size("nout"));
        }
    }

    private void addConvolution(List<Long> kernel, boolean transposed) {
        if (flag("hasBias", true)) {
            add("b", size("nout"));
        }
        List<Long> shape =
                new ArrayList<>(transposed ? List.of(size("nin"), size("nout")) : List.of(size("nout"), size("nin")));
        shape.addAll(kernel);
        add("W", TensorKind.TRAINABLE, shape);
    }

    private void addNormalization() {
        List<Long> shape = List.of(size("nout"));
        if (!flag("lockGammaBeta", false)) {
            add("gamma", TensorKind.TRAINABLE, shape);
            add("beta", TensorKind.TRAINABLE, shape);
        }
        add("mean", TensorKind.STATISTIC, shape);
        add(flag("useLogStd", false) ? "log10stdev" : "var", TensorKind.STATISTIC, shape);
    }

    private void addRecurrent(int gates, int peepholes) {
        long out = size("nout");
        add("W", gates * out, size("nin"));
        add("RW", gates * out + peepholes, out);
        add("b", gates * out);
        if (flag("hasLayerNorm", false)) {
            add("g", 2 * out);
        }
    }

    private void add(String name, Long... shape) {
        add(name, TensorKind.TRAINABLE, List.of(shape));
    }

    private void add(String name, TensorKind kind, List<Long> shape) {
        parameters.add(new Parameter(prefix + name, shape, kind));
    }

    private List<Long> kernel(int axes) {
        JsonNode kernel = layer.path("kernelSize");
        List<Long> sizes = new ArrayList<>();
        for (int axis = 0; axis < axes; axis++) {
            sizes.add(whole(kernel.path(axis), "kernelSize"));
        }
        return sizes;
    }

    private long size(String field) {
        return whole(layer.path(field), field);
    }

    private long whole(JsonNode value, String field) {
        if (!value.canConvertToInt() || !value.isIntegralNumber() || value.intValue() < 0) {
            throw new UnsupportedLayerException(className() + " without " + field);
        }
        return value.intValue();
    }

    private boolean flag(String field, boolean otherwise) {
        return layer.path(field).asBoolean(otherwise);
    }

    private String className() {
        String qualified = layer.path("@class").asString("");
        return qualified.substring(qualified.lastIndexOf('.') + 1);
    }
}
