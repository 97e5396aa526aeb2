package io.nsfl.modelformats.keras;

import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import io.nsfl.modelformats.ModelFile;
import io.nsfl.modelformats.ModelFormat;
import io.nsfl.modelformats.ModelLimits;
import io.nsfl.modelformats.file.MappedFile;
import io.nsfl.modelformats.file.Replacement;
import io.nsfl.modelformats.hdf5.Hdf5Dataset;
import io.nsfl.modelformats.hdf5.Hdf5File;
import io.nsfl.modelformats.hdf5.Hdf5Object;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A Keras model or its weights in an HDF5 file. All tensors are views of the file. A copy differs from this file in the values of
 * the weights only; the optimizer's state, if the file has one, stays as it is.
 */
public final class KerasModel implements ModelFile {
    private static final String MODEL_WEIGHTS = "model_weights";

    private final MappedFile file;
    private final TensorSet tensors;
    private final long[] offsets;

    private KerasModel(MappedFile file, List<KerasWeight> weights, ModelLimits limits) {
        this.file = file;
        this.offsets = new long[weights.size()];
        List<NamedTensor> views = new ArrayList<>(weights.size());
        Set<String> names = new HashSet<>();
        for (int i = 0; i < offsets.length; i++) {
            KerasWeight weight = weights.get(i);
            require(file, names.add(weight.name()), "it has two weights named \"" + weight.name() + "\"");
            require(file, weight.name().length() <= limits.nameLength(), "a weight's name is too long");
            Hdf5Dataset dataset = weight.dataset().dataset();
            TensorSpec spec = spec(file, weight, dataset);
            offsets[i] = dataset.offset();
            views.add(new NamedTensor(spec, file.bytes().asSlice(offsets[i], spec.bytes())));
        }
        this.tensors = new TensorSet(views);
        requireNoOverlap();
    }

    /** Takes over the mapped file; it is closed with this one, and at once when it cannot be read. */
    public static KerasModel open(MappedFile file, ModelLimits limits) {
        try {
            List<KerasWeight> weights =
                    weights(file, Hdf5File.open(file, limits).root(), limits);
            require(file, !weights.isEmpty(), "it has no weights");
            require(file, weights.size() <= limits.tensors(), "it has more than " + limits.tensors() + " tensors");
            return new KerasModel(file, weights, limits);
        } catch (RuntimeException refused) {
            file.close();
            throw refused;
        }
    }

    private static List<KerasWeight> weights(MappedFile file, Hdf5Object root, ModelLimits limits) {
        KerasConfig config = root.strings("model_config")
                .map(json -> KerasConfig.parse(file.path(), String.join("", json), limits))
                .orElseGet(KerasConfig::absent);
        root.strings("training_config")
                .ifPresent(json -> KerasConfig.check(file.path(), String.join("", json), limits));
        Hdf5Object group = root.children().getOrDefault(MODEL_WEIGHTS, root);
        if (LayerWeights.isIn(group)) {
            return new LayerWeights(file.path(), group, config).read();
        }
        require(file, VariableTree.isIn(root), "it holds neither a Keras model nor the weights of one");
        return new VariableTree(file.path(), limits).read(root);
    }

    @Override
    public ModelFormat format() {
        return ModelFormat.KERAS_H5;
    }

    @Override
    public TensorSet tensors() {
        return tensors;
    }

    @Override
    public void writeCopy(TensorSet values, Path target) {
        Replacement.write(file, tensors, values, index -> offsets[index], target);
    }

    @Override
    public void close() {
        file.close();
    }

    private static TensorSpec spec(MappedFile file, KerasWeight weight, Hdf5Dataset dataset) {
        DType dtype = dataset.element()
                .orElseThrow(() -> unreadable(file, "the weight \"" + weight.name() + "\" is not made of numbers"));
        TensorKind kind = dtype.floating() ? weight.kind() : TensorKind.INTEGER;
        return new TensorSpec(weight.name(), dtype, dataset.shape(), kind);
    }

    private void requireNoOverlap() {
        List<NamedTensor> all = tensors.tensors();
        List<Integer> byPlace = IntStream.range(0, offsets.length)
                .boxed()
                .filter(index -> all.get(index).spec().bytes() > 0)
                .sorted((left, right) -> Long.compare(offsets[left], offsets[right]))
                .toList();
        long end = 0;
        for (int index : byPlace) {
            require(file, offsets[index] >= end, "weights lie on top of each other");
            end = offsets[index] + all.get(index).spec().bytes();
        }
    }

    private static void require(MappedFile file, boolean condition, String otherwise) {
        if (!condition) {
            throw unreadable(file, otherwise);
        }
    }

    private static FaultException unreadable(MappedFile file, String why) {
        return new FaultException(
                Fault.MODEL_UNREADABLE, file.path() + " is not a Keras file that can be read: " + why + ".");
    }
}
