package io.nsfl.modelformats;

import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import io.nsfl.modelformats.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.GravesLSTM;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/** Models of DL4J itself, and what it says of their parameters. Its main method makes the files under src/test/resources. */
final class Dl4jModels {
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private Dl4jModels() {}

    /** @param arguments the directory */
    public static void main(String[] arguments) throws IOException {
        for (Map.Entry<String, Model> model : all().entrySet()) {
            Path file = Path.of(arguments[0]).resolve(model.getKey() + ".zip");
            ModelSerializer.writeModel(model.getValue(), file.toFile(), true);
            SafetensorsWriter.write(Path.of(file + ".safetensors"), parameters(model.getValue()), Map.of());
        }
    }

    static Map<String, Model> all() {
        Map<String, Model> models = new LinkedHashMap<>();
        models.put("layers", layers());
        models.put("graph", graph());
        models.put("recurrent", recurrent());
        models.put("embedding", embedding());
        return models;
    }

    static INDArray input(String model) {
        Nd4j.getRandom().setSeed(4);
        return switch (model) {
            case "layers" -> Nd4j.rand(3, 1, 8, 8);
            case "graph" -> Nd4j.rand(3, 4);
            case "recurrent" -> Nd4j.rand(3, 3, 6);
            case "embedding" -> Nd4j.create(new float[][] {{0}, {3}, {6}});
            default -> throw new IllegalArgumentException(model);
        };
    }

    static INDArray output(Model model, INDArray input) {
        return model instanceof ComputationGraph graph
                ? graph.outputSingle(input)
                : ((MultiLayerNetwork) model).output(input);
    }

    /** The parameter table with each array in the order of the parameter vector: 'f' arrays with their axes exchanged. */
    static TensorSet parameters(Model model) {
        List<NamedTensor> tensors = new ArrayList<>();
        model.paramTable().forEach((name, array) -> {
            List<Long> shape =
                    new ArrayList<>(LongStream.of(array.shape()).boxed().toList());
            if (array.ordering() == 'f') {
                Collections.reverse(shape);
            }
            float[] values = Nd4j.toFlattened(array.ordering(), array).toFloatVector();
            MemorySegment data = Arena.ofAuto().allocate(4L * values.length);
            for (int i = 0; i < values.length; i++) {
                data.set(FLOAT, 4L * i, values[i]);
            }
            TensorKind kind = name.matches(".*_(mean|var|log10stdev)") ? TensorKind.STATISTIC : TensorKind.TRAINABLE;
            tensors.add(new NamedTensor(new TensorSpec(name, DType.F32, shape, kind), data));
        });
        return new TensorSet(tensors);
    }

    private static Model layers() {
        return initialized(builder()
                .list()
                .layer(new ConvolutionLayer.Builder(3, 3).nIn(1).nOut(2).build())
                .layer(new BatchNormalization())
                .layer(new SubsamplingLayer.Builder()
                        .kernelSize(2, 2)
                        .stride(2, 2)
                        .build())
                .layer(new DenseLayer.Builder()
                        .nOut(5)
                        .activation(Activation.RELU)
                        .build())
                .layer(new DropoutLayer(0.5))
                .layer(output(3))
                .setInputType(InputType.convolutional(8, 8, 1))
                .build());
    }

    @SuppressWarnings("deprecation") // GravesLSTM: old models still have it.
    private static Model recurrent() {
        return initialized(builder()
                .list()
                .layer(new Convolution1DLayer.Builder(2).nIn(3).nOut(3).build())
                .layer(new LSTM.Builder().nOut(4).build())
                .layer(new Bidirectional(new SimpleRnn.Builder().nOut(2).build()))
                .layer(new GravesLSTM.Builder().nOut(3).build())
                .layer(new LastTimeStep(new LSTM.Builder().nOut(2).build()))
                .layer(output(3))
                .setInputType(InputType.recurrent(3))
                .build());
    }

    private static Model embedding() {
        return initialized(builder()
                .list()
                .layer(new EmbeddingLayer.Builder().nIn(7).nOut(4).build())
                .layer(new DenseLayer.Builder()
                        .nIn(4)
                        .nOut(4)
                        .hasLayerNorm(true)
                        .build())
                .layer(new BatchNormalization.Builder()
                        .nIn(4)
                        .nOut(4)
                        .lockGammaBeta(true)
                        .useLogStd(false)
                        .build())
                .layer(new OutputLayer.Builder()
                        .nIn(4)
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
    }

    private static Model graph() {
        ComputationGraph graph = new ComputationGraph(builder()
                .graphBuilder()
                .addInputs("in")
                .addLayer("z", new DenseLayer.Builder().nIn(4).nOut(3).build(), "in")
                .addLayer(
                        "a",
                        new DenseLayer.Builder().nIn(4).nOut(2).hasBias(false).build(),
                        "in")
                .addVertex("merged", new MergeVertex(), "z", "a")
                .addLayer(
                        "out",
                        new OutputLayer.Builder()
                                .nIn(5)
                                .nOut(2)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        "merged")
                .setOutputs("out")
                .build());
        graph.init();
        return graph;
    }

    private static NeuralNetConfiguration.Builder builder() {
        return new NeuralNetConfiguration.Builder().seed(1).updater(new Adam(0.01));
    }

    private static OutputLayer output(int classes) {
        return new OutputLayer.Builder()
                .nOut(classes)
                .activation(Activation.SOFTMAX)
                .build();
    }

    private static MultiLayerNetwork initialized(MultiLayerConfiguration configuration) {
        MultiLayerNetwork network = new MultiLayerNetwork(configuration);
        network.init();
        return network;
    }
}
